package main

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

func TestParse(t *testing.T) {
	root := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("a.phpt", "--TEST--\na name\n--INI--\na=1\nb = {PWD}/x \n--ARGS--\n-a 'b c' \"d\"\n--FILE--\n<?php echo 1; ?>\n===DONE===\nnot this\n--EXPECT_EXTERNAL--\na.out\n")
	write("a.out", "1\n")
	write("b.phpt", "--TEST--\nx\n--FILEEOF--\n<?php echo 2;\n\n--POST--\na=1\n--EXPECTF--\n%d\n")
	write("c.phpt", "--TEST--\nx\n--EXPECT--\n\n")
	write("d.phpt", "--TEST--\nx\n--FILE--\n<?php\n")

	a, err := parse(root, "a.phpt")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := a.sections["FILE"], "<?php echo 1; ?>\n===DONE===\n"; got != want {
		t.Errorf("script %q, want %q", got, want)
	}
	if got, want := a.sections["EXPECT"], "1\n"; got != want {
		t.Errorf("expectation %q, want %q", got, want)
	}
	if got, want := a.settings("/d", "/tmp"), []string{"a=1", "b=/d/x"}; !reflect.DeepEqual(got, want) {
		t.Errorf("settings %q, want %q", got, want)
	}
	if got, want := a.arguments(), []string{"-a", "b c", "d"}; !reflect.DeepEqual(got, want) {
		t.Errorf("arguments %q, want %q", got, want)
	}
	if a.isRequest() {
		t.Error("a command is taken for a request")
	}
	b, err := parse(root, "b.phpt")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := b.sections["FILE"], "<?php echo 2;"; got != want || !b.isRequest() {
		t.Errorf("script %q, want %q; a request: %v", got, want, b.isRequest())
	}
	for _, name := range []string{"c.phpt", "d.phpt"} {
		if _, err := parse(root, name); err == nil {
			t.Errorf("%s was taken for a test", name)
		}
	}
}

func TestExpectation_match(t *testing.T) {
	for _, c := range []struct {
		section, text, output string
		want                  bool
	}{
		{"EXPECT", "a\n", "a\r\n\n", true},
		{"EXPECT", "a.", "ab", false},
		{"EXPECTF", "int(%d)", "int(12)", true},
		{"EXPECTF", "int(%d)", "int(-12)", false},
		{"EXPECTF", "int(%i)", "int(-12)", true},
		{"EXPECTF", "%f", "1.5E-7", true},
		{"EXPECTF", "%f", ".5", true},
		{"EXPECTF", "in %s on line %d", "in /a b.php on line 3", true},
		{"EXPECTF", "%s", "", false},
		{"EXPECTF", "a%Sb", "ab", true},
		{"EXPECTF", "a%sb", "a\nb", false},
		{"EXPECTF", "a%ab", "a\n\nb", true},
		{"EXPECTF", "a%Ab", "ab", true},
		{"EXPECTF", "a%wb", "a \n b", true},
		{"EXPECTF", "%x%c%0", "fFz\x00", false}, // the edges of output are trimmed
		{"EXPECTF", "%c%0.", "z\x00.", true},
		{"EXPECTF", "%r(a|b)+%r!", "abba!", true},
		{"EXPECTF", "%r", "%r", true},
		{"EXPECTF", "100%% (a+b)", "100% (a+b)", true},
		{"EXPECTF", "%c", "\xff", true},
		{"EXPECTF", "\xff%s", "\xffx\xfe", true},
		{"EXPECTF", "é%c%c", "éé", true}, // bytes, not characters
		{"EXPECTREGEX", "a.*c", "a\nc", true},
		{"EXPECTREGEX", "a|b", "ab", false},
	} {
		test := &phpt{sections: map[string]string{c.section: c.text}}
		e, err := test.expectation()
		if err != nil {
			t.Fatal(err)
		}
		if got := e.match(c.output); got != c.want {
			t.Errorf("%s %q matches %q: %v, want %v", c.section, c.text, c.output, got, c.want)
		}
	}
}

func TestReadKnown(t *testing.T) {
	file := filepath.Join(t.TempDir(), "known.txt")
	for _, c := range []struct{ text, want string }{
		{"# a remark\n= sockets: there are none\n\next/a.phpt sockets\n", ""},
		{"ext/a.phpt sockets\n", `:1: the reason "sockets" is not declared above`},
		{"= sockets\n", ":1: a reason is declared once, as = NAME: SENTENCE"},
		{"= s: a\nx s\nx s\n", ":3: x stands there twice"},
	} {
		if err := os.WriteFile(file, []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		got := ""
		if _, err := readKnown(file); err != nil {
			got = err.Error()[len(file):]
		}
		if got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}

func TestRequest(t *testing.T) {
	test := &phpt{sections: map[string]string{"POST_RAW": "Content-Type: text/plain\na\n\nb\n", "GET": "x=1\n"}}
	r := &run{}
	test.request(r, "/a.php")
	if got, want := string(r.stdin), "a\n\nb"; got != want {
		t.Errorf("body %q, want %q", got, want)
	}
	want := []string{"GATEWAY_INTERFACE=CGI/1.1", "SCRIPT_FILENAME=/a.php", "PATH_TRANSLATED=/a.php", "QUERY_STRING=x=1", "REQUEST_METHOD=POST", "CONTENT_TYPE=text/plain", "CONTENT_LENGTH=4"}
	if !reflect.DeepEqual(r.environment, want) {
		t.Errorf("environment %q, want %q", r.environment, want)
	}
}

func TestMissingHeader(t *testing.T) {
	test := &phpt{sections: map[string]string{"EXPECTHEADERS": "Status: 404\nContent-type: text/html\n"}}
	if got := test.missingHeader("status: 404\r\ncontent-type: text/html\r\n"); got != "" {
		t.Errorf("%q is missing", got)
	}
	if got, want := test.missingHeader("Status: 404"), "Content-type: text/html"; got != want {
		t.Errorf("%q is missing, want %q", got, want)
	}
}
