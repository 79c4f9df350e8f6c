package vfs_test

// Runs testdata/scripts, the behaviour that both languages share. The form of
// the files is described in testdata/scripts/README.md.

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"pressbox/vfs"
)

func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/scripts/*.txt")
	if err != nil || len(files) < 5 {
		t.Fatalf("scripts: %v, %v", files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s := &script{}
			for i, line := range strings.Split(string(text), "\n") {
				if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
					continue
				}
				if problem := s.line(line); problem != "" {
					t.Errorf("%s:%d: %s\n\t%s", file, i+1, line, problem)
				}
			}
		})
	}
}

// script is the state of one file.
type script struct {
	tree    *vfs.Tree
	handles map[string]vfs.File
	options vfs.Options
	clock   int64
	random  byte
}

// line runs one line and says what is wrong.
func (s *script) line(line string) string {
	command, want, compare := cutAnswer(line)
	words, err := split(command)
	if err != nil {
		return err.Error()
	}
	got, err := s.run(words)
	if err != nil {
		return err.Error()
	}
	if !compare {
		if errno := vfsErrno(got); errno {
			return "failed with " + got
		}
		return ""
	}
	if want = squeeze(want); got != want {
		return "got " + got
	}
	return ""
}

// cutAnswer cuts at the first " -> " outside quotes.
func cutAnswer(line string) (command, answer string, found bool) {
	quoted := false
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == '\\' && quoted:
			i++
		case line[i] == '"':
			quoted = !quoted
		case !quoted && strings.HasPrefix(line[i:], " -> "):
			return line[:i], line[i+4:], true
		}
	}
	return line, "", false
}

func squeeze(s string) string {
	var b strings.Builder
	quoted := false
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && quoted {
			b.WriteByte(s[i])
			i++
		} else if s[i] == '"' {
			quoted = !quoted
		} else if s[i] == ' ' && !quoted && (b.Len() == 0 || i+1 == len(s) || s[i+1] == ' ') {
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// split cuts a command into words.
func split(s string) ([]string, error) {
	var words []string
	for i := 0; i < len(s); {
		if s[i] == ' ' {
			i++
			continue
		}
		var word []byte
		for i < len(s) && s[i] != ' ' {
			if s[i] != '"' {
				word = append(word, s[i])
				i++
				continue
			}
			var piece []byte
			for i++; ; i++ {
				if i >= len(s) {
					return nil, fmt.Errorf("quote is not closed")
				}
				if s[i] == '"' {
					i++
					break
				}
				if s[i] != '\\' {
					piece = append(piece, s[i])
					continue
				}
				i++
				switch s[i] {
				case 'n':
					piece = append(piece, '\n')
				case 't':
					piece = append(piece, '\t')
				case 'x':
					b, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
					if err != nil {
						return nil, err
					}
					piece = append(piece, byte(b))
					i += 2
				default:
					piece = append(piece, s[i])
				}
			}
			times := 1
			if i < len(s) && s[i] == '*' {
				end := i + 1
				for end < len(s) && s[end] >= '0' && s[end] <= '9' {
					end++
				}
				times, _ = strconv.Atoi(s[i+1 : end])
				i = end
			}
			for range times {
				word = append(word, piece...)
			}
		}
		words = append(words, string(word))
	}
	return words, nil
}

func quote(p []byte) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range p {
		switch {
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\t':
			b.WriteString(`\t`)
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < 0x20 || c > 0x7e:
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func word(name string) string {
	for i := 0; i < len(name); i++ {
		c := name[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("._-/", c) >= 0) {
			return quote([]byte(name))
		}
	}
	return name
}

func vfsErrno(answer string) bool {
	for e := vfs.Errno(1); e <= vfs.NOTCAPABLE; e++ {
		if e.Name() == answer {
			return true
		}
	}
	return false
}

func answer(errno vfs.Errno, result string) string {
	if errno != vfs.Success {
		return errno.Name()
	}
	return result
}

func (s *script) newTree() *vfs.Tree { return vfs.NewTree(s.treeOptions()) }

func (s *script) treeOptions() vfs.Options {
	o := s.options
	o.Now = func() int64 { s.clock++; return s.clock - 1 }
	o.Random = func(p []byte) {
		for i := range p {
			s.random++
			p[i] = s.random
		}
	}
	return o
}

// run runs a command. A failed number or an unknown name in a script is an
// error, not an answer.
func (s *script) run(w []string) (result string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	if s.handles == nil {
		s.handles = map[string]vfs.File{}
		s.clock = 1000
	}
	if w[0] == "limits" {
		for _, field := range w[1:] {
			name, value, _ := strings.Cut(field, "=")
			switch name {
			case "bytes":
				s.options.Limits.Bytes = number(value)
			case "inodes":
				s.options.Limits.Inodes = number(value)
			}
		}
		return "ok", nil
	}
	if w[0] == "lower" {
		limits := s.options
		s.options = vfs.Options{}
		s.tree = s.newTree()
		s.options = limits
		return "ok", nil
	}
	if s.tree == nil {
		s.tree = s.newTree()
	}
	root, errno := s.tree.OpenRoot()
	if errno != vfs.Success {
		return "", errno
	}
	defer root.Close()
	at := root
	if w[0] == "at" {
		at = s.handle(w[1])
		w = w[2:]
	}
	to := at
	if last := w[len(w)-1]; (w[0] == "rename" || w[0] == "link") && strings.HasPrefix(last, "@") {
		to = s.handle(last[1:])
	}
	arg := func(i int) string {
		if i >= len(w) {
			panic("too few words")
		}
		return w[i]
	}
	switch w[0] {
	case "overlay":
		s.tree = vfs.NewOverlay(s.tree, s.treeOptions())
		s.handles = map[string]vfs.File{}
	case "freeze":
		s.tree.Freeze()
	case "devices":
		return answer(s.tree.AddDevices(), "ok"), nil
	case "clock":
		s.clock = number(arg(1))
	case "used":
		bytes, inodes := s.tree.Used()
		return fmt.Sprint(bytes, inodes), nil
	case "changes":
		var list []string
		for _, c := range s.tree.Changes() {
			list = append(list, c.Op.String()+":"+word(c.Path))
		}
		return orNone(list), nil
	case "host":
		return s.host(w[1:])
	case "mkdir":
		return answer(at.Mkdir(arg(1)), "ok"), nil
	case "rmdir":
		return answer(at.Rmdir(arg(1)), "ok"), nil
	case "unlink":
		return answer(at.Unlink(arg(1)), "ok"), nil
	case "rename":
		return answer(at.Rename(arg(1), to, arg(2)), "ok"), nil
	case "link":
		return answer(at.Link(arg(1), to, arg(2)), "ok"), nil
	case "symlink":
		return answer(at.Symlink(arg(1), arg(2)), "ok"), nil
	case "readlink":
		p := make([]byte, 8192)
		if len(w) > 2 {
			p = p[:number(w[2])]
		}
		n, errno := at.Readlink(arg(1), p)
		return answer(errno, quote(p[:n])), nil
	case "stat":
		fields, follow := w[2:], true
		if arg(2) == "nofollow" {
			fields, follow = w[3:], false
		}
		st, errno := at.StatAt(arg(1), follow)
		return answer(errno, statFields(st, fields)), nil
	case "times":
		times, follow := w[2:], true
		if arg(2) == "nofollow" {
			times, follow = w[3:], false
		}
		return answer(at.SetTimesAt(arg(1), follow, timeChange(times[0]), timeChange(times[1])), "ok"), nil
	case "open":
		o := vfs.OpenOptions{Follow: true}
		for _, flag := range w[3:] {
			switch flag {
			case "r":
				o.Read = true
			case "w":
				o.Write = true
			case "creat":
				o.Flags |= vfs.Creat
			case "excl":
				o.Flags |= vfs.Excl
			case "trunc":
				o.Flags |= vfs.Trunc
			case "directory":
				o.Flags |= vfs.OpenDirectory
			case "append":
				o.FdFlags |= vfs.Append
			case "nofollow":
				o.Follow = false
			default:
				name, found := strings.CutPrefix(flag, "owner=")
				if !found {
					return "", fmt.Errorf("flag %s", flag)
				}
				o.Owner = name
			}
		}
		h, errno := at.Open(arg(2), o)
		if errno != vfs.Success {
			return errno.Name(), nil
		}
		s.handles[w[1]] = h
	case "ls":
		h, errno := at.Open(arg(1), vfs.OpenOptions{Follow: true, Read: true})
		if errno != vfs.Success {
			return errno.Name(), nil
		}
		defer h.Close()
		var names []string
		entries := make([]vfs.Dirent, 7)
		for cookie := uint64(0); ; {
			n, errno := h.ReadDir(cookie, entries)
			if errno != vfs.Success {
				return errno.Name(), nil
			}
			for _, e := range entries[:n] {
				names = append(names, word(e.Name))
				cookie = e.Next
			}
			if n < len(entries) {
				return strings.Join(names, " "), nil
			}
		}
	case "close":
		return answer(s.handle(arg(1)).Close(), "ok"), nil
	case "sync":
		return answer(s.handle(arg(1)).Sync(), "ok"), nil
	case "read":
		p := make([]byte, number(arg(2)))
		n, errno := s.handle(w[1]).Read(p)
		return answer(errno, quote(p[:n])), nil
	case "pread":
		p := make([]byte, number(arg(2)))
		n, errno := s.handle(w[1]).Pread(p, number(arg(3)))
		return answer(errno, quote(p[:n])), nil
	case "write":
		n, errno := s.handle(arg(1)).Write([]byte(arg(2)))
		return answer(errno, fmt.Sprint(n)), nil
	case "pwrite":
		n, errno := s.handle(arg(1)).Pwrite([]byte(arg(2)), number(arg(3)))
		return answer(errno, fmt.Sprint(n)), nil
	case "seek":
		whence, ok := map[string]vfs.Whence{"set": vfs.SeekSet, "cur": vfs.SeekCur, "end": vfs.SeekEnd}[arg(3)]
		if !ok {
			return "", fmt.Errorf("whence %s", w[3])
		}
		off, errno := s.handle(w[1]).SeekTo(number(w[2]), whence)
		return answer(errno, fmt.Sprint(off)), nil
	case "tell":
		off, errno := s.handle(arg(1)).Tell()
		return answer(errno, fmt.Sprint(off)), nil
	case "size":
		return answer(s.handle(arg(1)).SetSize(number(arg(2))), "ok"), nil
	case "flags":
		var flags vfs.FdFlags
		if len(w) > 2 && w[2] == "append" {
			flags = vfs.Append
		}
		return answer(s.handle(arg(1)).SetFlags(flags), "ok"), nil
	case "space":
		free, total, errno := s.handle(arg(1)).Space()
		return answer(errno, fmt.Sprint(free, total)), nil
	case "flock":
		return answer(s.handle(arg(1)).Lock(vfs.Lock{Mode: lockMode(arg(2))}), "ok"), nil
	case "lock", "testlock":
		return answer(s.handle(arg(1)).Lock(vfs.Lock{
			Mode: lockMode(arg(2)), Record: true, Test: w[0] == "testlock", Off: number(arg(3)), Len: number(arg(4)),
		}), "ok"), nil
	case "ftimes":
		return answer(s.handle(arg(1)).SetTimes(timeChange(arg(2)), timeChange(arg(3))), "ok"), nil
	case "fstat":
		st, errno := s.handle(arg(1)).Stat()
		return answer(errno, statFields(st, w[2:])), nil
	case "readdir":
		entries := make([]vfs.Dirent, number(arg(3)))
		n, errno := s.handle(arg(1)).ReadDir(uint64(number(arg(2))), entries)
		if errno != vfs.Success {
			return errno.Name(), nil
		}
		var list []string
		for _, e := range entries[:n] {
			list = append(list, fmt.Sprintf("%s@%d", word(e.Name), e.Next))
		}
		if list == nil {
			return "end", nil
		}
		return strings.Join(list, " "), nil
	default:
		return "", fmt.Errorf("unknown command %s", w[0])
	}
	return "ok", nil
}

// host runs an operation of the host's side.
func (s *script) host(w []string) (string, error) {
	switch w[0] {
	case "readFile":
		data, errno := s.tree.ReadFile(w[1])
		return answer(errno, quote(data)), nil
	case "writeFile":
		return answer(s.tree.WriteFile(w[1], []byte(w[2])), "ok"), nil
	case "mkdirAll":
		return answer(s.tree.MkdirAll(w[1]), "ok"), nil
	case "stat":
		st, errno := s.tree.Stat(w[1])
		return answer(errno, statFields(st, w[2:])), nil
	case "lstat":
		st, errno := s.tree.Lstat(w[1])
		return answer(errno, statFields(st, w[2:])), nil
	case "readDir":
		entries, errno := s.tree.ReadDir(w[1])
		var names []string
		for _, e := range entries {
			names = append(names, word(e.Name))
		}
		return answer(errno, orNone(names)), nil
	case "symlink":
		return answer(s.tree.Symlink(w[1], w[2]), "ok"), nil
	case "readlink":
		target, errno := s.tree.Readlink(w[1])
		return answer(errno, quote([]byte(target))), nil
	case "remove":
		return answer(s.tree.Remove(w[1]), "ok"), nil
	case "removeAll":
		return answer(s.tree.RemoveAll(w[1]), "ok"), nil
	case "rename":
		return answer(s.tree.Rename(w[1], w[2]), "ok"), nil
	case "setTimes":
		return answer(s.tree.SetTimes(w[1], number(w[2]), number(w[3])), "ok"), nil
	case "walk":
		var paths []string
		err := s.tree.Walk(func(path string, _ vfs.Stat) error {
			paths = append(paths, word(path))
			return nil
		})
		return orNone(paths), err
	case "add":
		e := vfs.Entry{Path: w[1], Mtim: number(w[3])}
		switch w[2] {
		case "directory":
			e.Kind = vfs.Directory
		case "file":
			e.Kind, e.Data = vfs.RegularFile, []byte(w[4])
		case "symlink":
			e.Kind, e.Link = vfs.SymbolicLink, w[4]
		case "device":
			e.Kind = vfs.CharacterDevice
		}
		return answer(s.tree.Add(e), "ok"), nil
	}
	return "", fmt.Errorf("unknown command host %s", w[0])
}

func (s *script) handle(name string) vfs.File {
	h, ok := s.handles[name]
	if !ok {
		panic("no handle " + name)
	}
	return h
}

func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		panic(err.Error())
	}
	return n
}

func lockMode(s string) vfs.LockMode {
	return map[string]vfs.LockMode{"shared": vfs.LockShared, "exclusive": vfs.LockExclusive, "off": vfs.Unlock}[s]
}

func timeChange(s string) vfs.TimeChange {
	switch s {
	case "omit":
		return vfs.TimeChange{}
	case "now":
		return vfs.TimeChange{Set: true, Now: true}
	}
	return vfs.TimeChange{Set: true, At: number(s)}
}

func statFields(st vfs.Stat, fields []string) string {
	var out []string
	for _, f := range fields {
		switch f {
		case "kind":
			out = append(out, st.Kind.String())
		case "ino":
			out = append(out, fmt.Sprint(st.Ino))
		case "nlink":
			out = append(out, fmt.Sprint(st.Nlink))
		case "size":
			out = append(out, fmt.Sprint(st.Size))
		case "atim":
			out = append(out, fmt.Sprint(st.Atim))
		case "mtim":
			out = append(out, fmt.Sprint(st.Mtim))
		case "ctim":
			out = append(out, fmt.Sprint(st.Ctim))
		default:
			panic("unknown field " + f)
		}
	}
	return strings.Join(out, " ")
}

func orNone(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, " ")
}
