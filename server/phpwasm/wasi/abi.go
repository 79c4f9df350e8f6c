package wasi

// Layouts and numbers of WASI preview 1. Twin of wasmjs/wasi/abi.ts.
//
//	filestat, 64 bytes                 fdstat, 24 bytes
//	 0 u64 dev                          0 u8  filetype
//	 8 u64 ino                          2 u16 flags
//	16 u8  filetype                     8 u64 rights_base
//	24 u64 nlink                       16 u64 rights_inheriting
//	32 u64 size
//	40 u64 atim                        dirent, 24 bytes, then the name
//	48 u64 mtim                         0 u64 next
//	56 u64 ctim                         8 u64 ino
//	                                   16 u32 name length
//	prestat, 8 bytes                   20 u8  filetype
//	 0 u8  tag (0: directory)
//	 4 u32 name length                 iovec, 8 bytes
//	                                    0 u32 address
//	                                    4 u32 length
//
//	subscription, 48 bytes             event, 32 bytes
//	 0 u64 userdata                     0 u64 userdata
//	 8 u8  tag                          8 u16 errno
//	   0 clock:                        10 u8  tag
//	     16 u32 id                     16 u64 bytes
//	     24 u64 timeout                24 u16 flags
//	     32 u64 precision
//	     40 u16 flags (1: absolute)
//	   1 fd_read, 2 fd_write:
//	     16 u32 fd

const (
	filestatSize     = 64
	fdstatSize       = 24
	prestatSize      = 8
	direntSize       = 24
	iovecSize        = 8
	subscriptionSize = 48
	eventSize        = 32
)

// Why 1024? It is what POSIX systems call IOV_MAX; more is INVAL.
const maxIovecs = 1024

// maxSubscriptions bounds what poll_oneoff takes at once.
const maxSubscriptions = 4096

// Rights. They are told back as they were asked for; the only ones that decide
// anything are reading and writing.
const (
	rightFdDatasync uint64 = 1 << iota
	rightFdRead
	rightFdSeek
	rightFdFdstatSetFlags
	rightFdSync
	rightFdTell
	rightFdWrite
	rightFdAdvise
	rightFdAllocate
	rightPathCreateDirectory
	rightPathCreateFile
	rightPathLinkSource
	rightPathLinkTarget
	rightPathOpen
	rightFdReaddir
	rightPathReadlink
	rightPathRenameSource
	rightPathRenameTarget
	rightPathFilestatGet
	rightPathFilestatSetSize
	rightPathFilestatSetTimes
	rightFdFilestatGet
	rightFdFilestatSetSize
	rightFdFilestatSetTimes
	rightPathSymlink
	rightPathRemoveDirectory
	rightPathUnlinkFile
	rightPollFdReadwrite
	rightSockShutdown
	rightSockAccept

	rightsFile = rightFdDatasync | rightFdRead | rightFdSeek | rightFdFdstatSetFlags | rightFdSync |
		rightFdTell | rightFdWrite | rightFdAdvise | rightFdAllocate | rightFdFilestatGet |
		rightFdFilestatSetSize | rightFdFilestatSetTimes | rightPollFdReadwrite
	rightsDirectory = rightFdDatasync | rightFdFdstatSetFlags | rightFdSync | rightFdAdvise |
		rightPathCreateDirectory | rightPathCreateFile | rightPathLinkSource | rightPathLinkTarget |
		rightPathOpen | rightFdReaddir | rightPathReadlink | rightPathRenameSource |
		rightPathRenameTarget | rightPathFilestatGet | rightPathFilestatSetSize |
		rightPathFilestatSetTimes | rightFdFilestatGet | rightFdFilestatSetTimes | rightPathSymlink |
		rightPathRemoveDirectory | rightPathUnlinkFile | rightPollFdReadwrite
	// What a directory for reading only lacks. Writing files is not among it:
	// whoever asks for that shall be told ROFS.
	rightsChange = rightPathCreateDirectory | rightPathCreateFile | rightPathLinkSource |
		rightPathLinkTarget | rightPathRenameSource | rightPathRenameTarget | rightPathFilestatSetSize |
		rightPathFilestatSetTimes | rightFdFilestatSetTimes | rightPathSymlink | rightPathRemoveDirectory |
		rightPathUnlinkFile

	// Why may the standard streams seek? Only a character device without that
	// right is a terminal to wasi-libc, and these are none. Seeking is SPIPE.
	rightsStdin  = rightFdRead | rightFdSeek | rightFdTell | rightFdFdstatSetFlags | rightFdFilestatGet | rightPollFdReadwrite
	rightsStdout = rightFdWrite | rightFdSeek | rightFdTell | rightFdFdstatSetFlags | rightFdFilestatGet | rightPollFdReadwrite
)

// Bits of fst_flags.
const (
	setAtim    = 1
	setAtimNow = 2
	setMtim    = 4
	setMtimNow = 8
)

// Clocks. The two that count processor time answer as the monotonic one.
const (
	clockRealtime  = 0
	clockMonotonic = 1
	clockLast      = 3
)

// Tags and flags of poll_oneoff.
const (
	eventClock      = 0
	eventFdRead     = 1
	eventFdWrite    = 2
	clockIsAbsolute = 1
)

const lookupFollow = 1

const allFdFlags = 31
const allOpenFlags = 15
