package main

// Comparing what a test printed with what it must print.

import (
	"fmt"
	"regexp"
	"strings"
)

// expectation is compiled once and held against both engines' output.
type expectation struct {
	text    string
	pattern *regexp.Regexp
}

// placeholders are EXPECTF's.
var placeholders = map[byte]string{
	'e': `/`, 's': `[^\r\n]+`, 'S': `[^\r\n]*`, 'a': `.+?`, 'A': `.*?`, 'w': `\s*`,
	'i': `[+-]?\d+`, 'd': `\d+`, 'x': `[0-9a-fA-F]+`,
	'f': `[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[Ee][+-]?\d+)?`,
	'c': `.`, '0': `\x00`, '%': `%`,
}

// normalise makes line ends and edges alike.
func normalise(text string) string {
	return strings.ReplaceAll(strings.Trim(text, " \t\n\r\x00\v"), "\r\n", "\n")
}

// latin1 makes each byte a character of its own: PHP's patterns see bytes, Go's
// see characters.
func latin1(text string) string {
	runes := make([]rune, len(text))
	for i := range len(text) {
		runes[i] = rune(text[i])
	}
	return string(runes)
}

// formatPattern is EXPECTF as a regular expression. Between two %r it is one already.
func formatPattern(format string) string {
	var out strings.Builder
	parts := strings.Split(format, "%r")
	for i, part := range parts {
		if i%2 == 1 && i < len(parts)-1 {
			out.WriteString("(" + latin1(part) + ")")
			continue
		}
		if i%2 == 1 {
			out.WriteString("%r") // without its end it is text
		}
		for len(part) > 0 {
			at := strings.IndexByte(part, '%')
			if at < 0 || at == len(part)-1 {
				out.WriteString(regexp.QuoteMeta(latin1(part)))
				break
			}
			out.WriteString(regexp.QuoteMeta(latin1(part[:at])))
			if pattern, known := placeholders[part[at+1]]; known {
				out.WriteString(pattern)
				part = part[at+2:]
			} else {
				out.WriteByte('%')
				part = part[at+1:]
			}
		}
	}
	return out.String()
}

// expectation compiles what a test must print.
//
// # Errors
//
// A regular expression that Go's engine does not know.
func (t *phpt) expectation() (*expectation, error) {
	var source string
	switch {
	case t.has("EXPECT"):
		return &expectation{text: normalise(t.sections["EXPECT"])}, nil
	case t.has("EXPECTF"):
		source = formatPattern(normalise(t.sections["EXPECTF"]))
	default:
		source = latin1(normalise(t.sections["EXPECTREGEX"]))
	}
	pattern, err := regexp.Compile(`(?s)^(?:` + source + `)$`)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.path, err)
	}
	return &expectation{pattern: pattern}, nil
}

func (e *expectation) match(output string) bool {
	output = normalise(output)
	if e.pattern == nil {
		return output == e.text
	}
	return e.pattern.MatchString(latin1(output))
}

// missingHeader is the first line of the EXPECTHEADERS section that a response's head does not have.
func (t *phpt) missingHeader(head string) string {
	have := map[string]string{}
	for line := range strings.Lines(head) {
		name, value, found := strings.Cut(line, ":")
		if found {
			have[strings.ToLower(strings.TrimSpace(name))] = strings.TrimSpace(value)
		}
	}
	for line := range strings.Lines(t.sections["EXPECTHEADERS"]) {
		name, value, found := strings.Cut(line, ":")
		if found && have[strings.ToLower(strings.TrimSpace(name))] != strings.TrimSpace(value) {
			return strings.TrimSpace(line)
		}
	}
	return ""
}
