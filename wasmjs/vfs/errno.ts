// Errno is a WASI preview 1 error number: what every file operation here, and
// every function of the shim, answers with. Zero is success. Expected outcomes
// are returned, never thrown: PHP's include path makes misses the common case.

/** Errno is one of the frozen objects below, told apart with `instanceof`. */
export class Errno {
  readonly code: number;
  /** name is the standard's name, in upper case and without an E. */
  readonly name: string;
  readonly message: string;

  constructor(code: number, name: string, message: string) {
    this.code = code;
    this.name = name;
    this.message = message;
    Object.freeze(this);
  }

  toString(): string {
    return this.message;
  }
}

export const SUCCESS = new Errno(0, "SUCCESS", "no error");
export const TOOBIG = new Errno(1, "TOOBIG", "argument list too long");
export const ACCES = new Errno(2, "ACCES", "permission denied");
export const ADDRINUSE = new Errno(3, "ADDRINUSE", "address in use");
export const ADDRNOTAVAIL = new Errno(4, "ADDRNOTAVAIL", "address not available");
export const AFNOSUPPORT = new Errno(5, "AFNOSUPPORT", "address family not supported");
export const AGAIN = new Errno(6, "AGAIN", "resource unavailable, or operation would block");
export const ALREADY = new Errno(7, "ALREADY", "connection already in progress");
export const BADF = new Errno(8, "BADF", "bad file descriptor");
export const BADMSG = new Errno(9, "BADMSG", "bad message");
export const BUSY = new Errno(10, "BUSY", "device or resource busy");
export const CANCELED = new Errno(11, "CANCELED", "operation canceled");
export const CHILD = new Errno(12, "CHILD", "no child processes");
export const CONNABORTED = new Errno(13, "CONNABORTED", "connection aborted");
export const CONNREFUSED = new Errno(14, "CONNREFUSED", "connection refused");
export const CONNRESET = new Errno(15, "CONNRESET", "connection reset");
export const DEADLK = new Errno(16, "DEADLK", "resource deadlock would occur");
export const DESTADDRREQ = new Errno(17, "DESTADDRREQ", "destination address required");
export const DOM = new Errno(18, "DOM", "argument out of the function's domain");
export const DQUOT = new Errno(19, "DQUOT", "quota exceeded");
export const EXIST = new Errno(20, "EXIST", "file exists");
export const FAULT = new Errno(21, "FAULT", "bad address");
export const FBIG = new Errno(22, "FBIG", "file too large");
export const HOSTUNREACH = new Errno(23, "HOSTUNREACH", "host is unreachable");
export const IDRM = new Errno(24, "IDRM", "identifier removed");
export const ILSEQ = new Errno(25, "ILSEQ", "illegal byte sequence");
export const INPROGRESS = new Errno(26, "INPROGRESS", "operation in progress");
export const INTR = new Errno(27, "INTR", "interrupted");
export const INVAL = new Errno(28, "INVAL", "invalid argument");
export const IO = new Errno(29, "IO", "input/output error");
export const ISCONN = new Errno(30, "ISCONN", "socket is connected");
export const ISDIR = new Errno(31, "ISDIR", "is a directory");
export const LOOP = new Errno(32, "LOOP", "too many levels of symbolic links");
export const MFILE = new Errno(33, "MFILE", "too many open descriptors");
export const MLINK = new Errno(34, "MLINK", "too many links");
export const MSGSIZE = new Errno(35, "MSGSIZE", "message too large");
export const MULTIHOP = new Errno(36, "MULTIHOP", "multihop attempted");
export const NAMETOOLONG = new Errno(37, "NAMETOOLONG", "name too long");
export const NETDOWN = new Errno(38, "NETDOWN", "network is down");
export const NETRESET = new Errno(39, "NETRESET", "connection aborted by network");
export const NETUNREACH = new Errno(40, "NETUNREACH", "network unreachable");
export const NFILE = new Errno(41, "NFILE", "too many open files in system");
export const NOBUFS = new Errno(42, "NOBUFS", "no buffer space available");
export const NODEV = new Errno(43, "NODEV", "no such device");
export const NOENT = new Errno(44, "NOENT", "no such file or directory");
export const NOEXEC = new Errno(45, "NOEXEC", "executable file format error");
export const NOLCK = new Errno(46, "NOLCK", "no locks available");
export const NOLINK = new Errno(47, "NOLINK", "link has been severed");
export const NOMEM = new Errno(48, "NOMEM", "not enough memory");
export const NOMSG = new Errno(49, "NOMSG", "no message of the desired type");
export const NOPROTOOPT = new Errno(50, "NOPROTOOPT", "protocol not available");
export const NOSPC = new Errno(51, "NOSPC", "no space left");
export const NOSYS = new Errno(52, "NOSYS", "function not supported");
export const NOTCONN = new Errno(53, "NOTCONN", "socket is not connected");
export const NOTDIR = new Errno(54, "NOTDIR", "not a directory");
export const NOTEMPTY = new Errno(55, "NOTEMPTY", "directory not empty");
export const NOTRECOVERABLE = new Errno(56, "NOTRECOVERABLE", "state not recoverable");
export const NOTSOCK = new Errno(57, "NOTSOCK", "not a socket");
export const NOTSUP = new Errno(58, "NOTSUP", "not supported");
export const NOTTY = new Errno(59, "NOTTY", "not a terminal");
export const NXIO = new Errno(60, "NXIO", "no such device or address");
export const OVERFLOW = new Errno(61, "OVERFLOW", "value too large");
export const OWNERDEAD = new Errno(62, "OWNERDEAD", "previous owner died");
export const PERM = new Errno(63, "PERM", "operation not permitted");
export const PIPE = new Errno(64, "PIPE", "broken pipe");
export const PROTO = new Errno(65, "PROTO", "protocol error");
export const PROTONOSUPPORT = new Errno(66, "PROTONOSUPPORT", "protocol not supported");
export const PROTOTYPE = new Errno(67, "PROTOTYPE", "wrong protocol type for socket");
export const RANGE = new Errno(68, "RANGE", "result too large");
export const ROFS = new Errno(69, "ROFS", "read-only file system");
export const SPIPE = new Errno(70, "SPIPE", "invalid seek");
export const SRCH = new Errno(71, "SRCH", "no such process");
export const STALE = new Errno(72, "STALE", "stale file handle");
export const TIMEDOUT = new Errno(73, "TIMEDOUT", "timed out");
export const TXTBSY = new Errno(74, "TXTBSY", "text file busy");
export const XDEV = new Errno(75, "XDEV", "cross-device link");
export const NOTCAPABLE = new Errno(76, "NOTCAPABLE", "path leads out of what was given");

/** errnos holds all of them, by number. */
export const errnos: readonly Errno[] = [
  SUCCESS, TOOBIG, ACCES, ADDRINUSE, ADDRNOTAVAIL, AFNOSUPPORT, AGAIN, ALREADY,
  BADF, BADMSG, BUSY, CANCELED, CHILD, CONNABORTED, CONNREFUSED, CONNRESET,
  DEADLK, DESTADDRREQ, DOM, DQUOT, EXIST, FAULT, FBIG, HOSTUNREACH,
  IDRM, ILSEQ, INPROGRESS, INTR, INVAL, IO, ISCONN, ISDIR,
  LOOP, MFILE, MLINK, MSGSIZE, MULTIHOP, NAMETOOLONG, NETDOWN, NETRESET,
  NETUNREACH, NFILE, NOBUFS, NODEV, NOENT, NOEXEC, NOLCK, NOLINK,
  NOMEM, NOMSG, NOPROTOOPT, NOSPC, NOSYS, NOTCONN, NOTDIR, NOTEMPTY,
  NOTRECOVERABLE, NOTSOCK, NOTSUP, NOTTY, NXIO, OVERFLOW, OWNERDEAD, PERM,
  PIPE, PROTO, PROTONOSUPPORT, PROTOTYPE, RANGE, ROFS, SPIPE, SRCH,
  STALE, TIMEDOUT, TXTBSY, XDEV, NOTCAPABLE,
];
