package vfs

import "strconv"

// Errno is an error number of WASI preview 1; zero is success. The file system
// and the layer above it return it, never an error, because a guest asks for
// missing files all day long.
type Errno uint16

// The numbers of WASI preview 1, all of them, in the order of the standard.
const (
	Success        Errno = iota // no error
	TOOBIG                      // argument list too long
	ACCES                       // permission denied
	ADDRINUSE                   // address in use
	ADDRNOTAVAIL                // address not available
	AFNOSUPPORT                 // address family not supported
	AGAIN                       // resource unavailable, or operation would block
	ALREADY                     // connection already in progress
	BADF                        // bad file descriptor
	BADMSG                      // bad message
	BUSY                        // device or resource busy
	CANCELED                    // operation canceled
	CHILD                       // no child processes
	CONNABORTED                 // connection aborted
	CONNREFUSED                 // connection refused
	CONNRESET                   // connection reset
	DEADLK                      // resource deadlock would occur
	DESTADDRREQ                 // destination address required
	DOM                         // argument out of the function's domain
	DQUOT                       // quota exceeded
	EXIST                       // file exists
	FAULT                       // bad address
	FBIG                        // file too large
	HOSTUNREACH                 // host is unreachable
	IDRM                        // identifier removed
	ILSEQ                       // illegal byte sequence
	INPROGRESS                  // operation in progress
	INTR                        // interrupted
	INVAL                       // invalid argument
	IO                          // input/output error
	ISCONN                      // socket is connected
	ISDIR                       // is a directory
	LOOP                        // too many levels of symbolic links
	MFILE                       // too many open descriptors
	MLINK                       // too many links
	MSGSIZE                     // message too large
	MULTIHOP                    // multihop attempted
	NAMETOOLONG                 // name too long
	NETDOWN                     // network is down
	NETRESET                    // connection aborted by network
	NETUNREACH                  // network unreachable
	NFILE                       // too many open files in system
	NOBUFS                      // no buffer space available
	NODEV                       // no such device
	NOENT                       // no such file or directory
	NOEXEC                      // executable file format error
	NOLCK                       // no locks available
	NOLINK                      // link has been severed
	NOMEM                       // not enough memory
	NOMSG                       // no message of the desired type
	NOPROTOOPT                  // protocol not available
	NOSPC                       // no space left
	NOSYS                       // function not supported
	NOTCONN                     // socket is not connected
	NOTDIR                      // not a directory
	NOTEMPTY                    // directory not empty
	NOTRECOVERABLE              // state not recoverable
	NOTSOCK                     // not a socket
	NOTSUP                      // not supported
	NOTTY                       // not a terminal
	NXIO                        // no such device or address
	OVERFLOW                    // value too large
	OWNERDEAD                   // previous owner died
	PERM                        // operation not permitted
	PIPE                        // broken pipe
	PROTO                       // protocol error
	PROTONOSUPPORT              // protocol not supported
	PROTOTYPE                   // wrong protocol type for socket
	RANGE                       // result too large
	ROFS                        // read-only file system
	SPIPE                       // invalid seek
	SRCH                        // no such process
	STALE                       // stale file handle
	TIMEDOUT                    // timed out
	TXTBSY                      // text file busy
	XDEV                        // cross-device link
	NOTCAPABLE                  // path leads out of what was given
)

// errnoText is the name and the sentence of every number.
func errnoText(e Errno) (name, text string) {
	switch e {
	case Success:
		return "SUCCESS", "no error"
	case TOOBIG:
		return "TOOBIG", "argument list too long"
	case ACCES:
		return "ACCES", "permission denied"
	case ADDRINUSE:
		return "ADDRINUSE", "address in use"
	case ADDRNOTAVAIL:
		return "ADDRNOTAVAIL", "address not available"
	case AFNOSUPPORT:
		return "AFNOSUPPORT", "address family not supported"
	case AGAIN:
		return "AGAIN", "resource unavailable, or operation would block"
	case ALREADY:
		return "ALREADY", "connection already in progress"
	case BADF:
		return "BADF", "bad file descriptor"
	case BADMSG:
		return "BADMSG", "bad message"
	case BUSY:
		return "BUSY", "device or resource busy"
	case CANCELED:
		return "CANCELED", "operation canceled"
	case CHILD:
		return "CHILD", "no child processes"
	case CONNABORTED:
		return "CONNABORTED", "connection aborted"
	case CONNREFUSED:
		return "CONNREFUSED", "connection refused"
	case CONNRESET:
		return "CONNRESET", "connection reset"
	case DEADLK:
		return "DEADLK", "resource deadlock would occur"
	case DESTADDRREQ:
		return "DESTADDRREQ", "destination address required"
	case DOM:
		return "DOM", "argument out of the function's domain"
	case DQUOT:
		return "DQUOT", "quota exceeded"
	case EXIST:
		return "EXIST", "file exists"
	case FAULT:
		return "FAULT", "bad address"
	case FBIG:
		return "FBIG", "file too large"
	case HOSTUNREACH:
		return "HOSTUNREACH", "host is unreachable"
	case IDRM:
		return "IDRM", "identifier removed"
	case ILSEQ:
		return "ILSEQ", "illegal byte sequence"
	case INPROGRESS:
		return "INPROGRESS", "operation in progress"
	case INTR:
		return "INTR", "interrupted"
	case INVAL:
		return "INVAL", "invalid argument"
	case IO:
		return "IO", "input/output error"
	case ISCONN:
		return "ISCONN", "socket is connected"
	case ISDIR:
		return "ISDIR", "is a directory"
	case LOOP:
		return "LOOP", "too many levels of symbolic links"
	case MFILE:
		return "MFILE", "too many open descriptors"
	case MLINK:
		return "MLINK", "too many links"
	case MSGSIZE:
		return "MSGSIZE", "message too large"
	case MULTIHOP:
		return "MULTIHOP", "multihop attempted"
	case NAMETOOLONG:
		return "NAMETOOLONG", "name too long"
	case NETDOWN:
		return "NETDOWN", "network is down"
	case NETRESET:
		return "NETRESET", "connection aborted by network"
	case NETUNREACH:
		return "NETUNREACH", "network unreachable"
	case NFILE:
		return "NFILE", "too many open files in system"
	case NOBUFS:
		return "NOBUFS", "no buffer space available"
	case NODEV:
		return "NODEV", "no such device"
	case NOENT:
		return "NOENT", "no such file or directory"
	case NOEXEC:
		return "NOEXEC", "executable file format error"
	case NOLCK:
		return "NOLCK", "no locks available"
	case NOLINK:
		return "NOLINK", "link has been severed"
	case NOMEM:
		return "NOMEM", "not enough memory"
	case NOMSG:
		return "NOMSG", "no message of the desired type"
	case NOPROTOOPT:
		return "NOPROTOOPT", "protocol not available"
	case NOSPC:
		return "NOSPC", "no space left"
	case NOSYS:
		return "NOSYS", "function not supported"
	case NOTCONN:
		return "NOTCONN", "socket is not connected"
	case NOTDIR:
		return "NOTDIR", "not a directory"
	case NOTEMPTY:
		return "NOTEMPTY", "directory not empty"
	case NOTRECOVERABLE:
		return "NOTRECOVERABLE", "state not recoverable"
	case NOTSOCK:
		return "NOTSOCK", "not a socket"
	case NOTSUP:
		return "NOTSUP", "not supported"
	case NOTTY:
		return "NOTTY", "not a terminal"
	case NXIO:
		return "NXIO", "no such device or address"
	case OVERFLOW:
		return "OVERFLOW", "value too large"
	case OWNERDEAD:
		return "OWNERDEAD", "previous owner died"
	case PERM:
		return "PERM", "operation not permitted"
	case PIPE:
		return "PIPE", "broken pipe"
	case PROTO:
		return "PROTO", "protocol error"
	case PROTONOSUPPORT:
		return "PROTONOSUPPORT", "protocol not supported"
	case PROTOTYPE:
		return "PROTOTYPE", "wrong protocol type for socket"
	case RANGE:
		return "RANGE", "result too large"
	case ROFS:
		return "ROFS", "read-only file system"
	case SPIPE:
		return "SPIPE", "invalid seek"
	case SRCH:
		return "SRCH", "no such process"
	case STALE:
		return "STALE", "stale file handle"
	case TIMEDOUT:
		return "TIMEDOUT", "timed out"
	case TXTBSY:
		return "TXTBSY", "text file busy"
	case XDEV:
		return "XDEV", "cross-device link"
	case NOTCAPABLE:
		return "NOTCAPABLE", "path leads out of what was given"
	}
	return "", ""
}

// Name is the name of e in the standard, in upper case and without an E.
func (e Errno) Name() string {
	if name, _ := errnoText(e); name != "" {
		return name
	}
	return "ERRNO" + strconv.Itoa(int(e))
}

// Error is the sentence for people.
func (e Errno) Error() string {
	if _, text := errnoText(e); text != "" {
		return text
	}
	return "error " + strconv.Itoa(int(e))
}
