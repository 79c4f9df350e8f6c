package wasi

// Tracing: a wrapper around the table of functions. Without it, calls cost
// nothing more. Twin of wasmjs/wasi/trace.ts.

import (
	"fmt"
	"io"
	"strings"

	"pressbox/vfs"
)

// Trace is told of every call after it came back. It must not keep the Call.
type Trace func(c *Call)

// Call is one call of a guest.
type Call struct {
	Host   *Host
	Name   string
	Args   []any // uint32, uint64, or string for a text in guest memory
	Errno  vfs.Errno
	Exited bool // the call did not come back: proc_exit, or a limit
}

// String is the call as one line: path_open(3, 1, "a.php", ...) = NOENT.
func (c *Call) String() string {
	var args []string
	for _, a := range c.Args {
		if s, ok := a.(string); ok {
			args = append(args, fmt.Sprintf("%q", s))
		} else {
			args = append(args, fmt.Sprint(a))
		}
	}
	result := c.Errno.Name()
	if c.Exited {
		result = "?"
	}
	return fmt.Sprintf("%s(%s) = %s", c.Name, strings.Join(args, ", "), result)
}

// TraceTo writes every call as a line.
func TraceTo(w io.Writer) Trace {
	return func(c *Call) { fmt.Fprintln(w, c) }
}

func traced(f function, trace Trace) function {
	call := f.call
	f.call = func(h *Host, m memory, a []uint64) (errno vfs.Errno) {
		c := &Call{Host: h, Name: f.name, Exited: true}
		i := 0
		for _, kind := range f.signature {
			switch kind {
			case 'i':
				c.Args = append(c.Args, uint32(a[i]))
			case 'I':
				c.Args = append(c.Args, a[i])
			case 'p':
				text, _ := m.text(uint32(a[i]), uint32(a[i+1]))
				c.Args = append(c.Args, strings.Clone(text))
				i++
			}
			i++
		}
		defer func() { trace(c) }()
		c.Errno = call(h, m, a)
		c.Exited = false
		return c.Errno
	}
	return f
}
