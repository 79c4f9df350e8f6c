package vfs

// Kind is the type of an inode. The numbers are WASI's filetype.
type Kind uint8

// The kinds of inodes that exist here.
const (
	Unknown         Kind = 0
	CharacterDevice Kind = 2
	Directory       Kind = 3
	RegularFile     Kind = 4
	SymbolicLink    Kind = 7
)

// String names k as the behaviour scripts do.
func (k Kind) String() string {
	switch k {
	case CharacterDevice:
		return "device"
	case Directory:
		return "directory"
	case RegularFile:
		return "file"
	case SymbolicLink:
		return "symlink"
	}
	return "unknown"
}

// Stat describes an inode. Times are nanoseconds since the epoch.
type Stat struct {
	Ino   uint64
	Kind  Kind
	Nlink uint64
	// Size is the length of a file's contents or of a link's target; 0 for
	// directories and devices.
	Size             int64
	Atim, Mtim, Ctim int64
}

// Dirent is one name in a directory. Next is the cookie that continues the
// listing after it.
type Dirent struct {
	Next uint64
	Ino  uint64
	Kind Kind
	Name string
}

// OpenFlags are WASI's oflags.
type OpenFlags uint16

// What Open does besides opening.
const (
	Creat         OpenFlags = 1 // make the file if it is missing
	OpenDirectory OpenFlags = 2 // fail with NOTDIR on anything else
	Excl          OpenFlags = 4 // with Creat: fail with EXIST if it is there
	Trunc         OpenFlags = 8 // make it empty
)

// FdFlags are WASI's fdflags. Only Append changes what a Handle does; the
// others are kept and told back, since memory has nothing to wait for.
type FdFlags uint16

// The flags of an open file.
const (
	Append   FdFlags = 1
	Dsync    FdFlags = 2
	Nonblock FdFlags = 4
	Rsync    FdFlags = 8
	Sync     FdFlags = 16
)

// OpenOptions say how to open a path.
type OpenOptions struct {
	Flags OpenFlags
	// Read and Write are what the handle may be used for. With Write, a
	// directory is ISDIR.
	Read, Write bool
	FdFlags     FdFlags
	// Follow follows a symbolic link in the last component; without it the
	// link itself is LOOP.
	Follow bool
	// Owner is whose record locks the handle takes: two handles of one owner
	// are never in each other's way. It is compared with ==. Without it, the
	// handle is its own owner.
	Owner any
}

// Whence says what an offset of SeekTo counts from. The numbers are WASI's.
type Whence uint8

// The origins of SeekTo.
const (
	SeekSet Whence = 0
	SeekCur Whence = 1
	SeekEnd Whence = 2
)

// TimeChange says what SetTimes does to one time.
type TimeChange struct {
	Set bool  // without it the time stays
	Now bool  // take the tree's clock, not At
	At  int64 // nanoseconds since the epoch
}

// FS is a file system that a guest can be given. *Tree is one, hostdir.Dir
// another.
type FS interface {
	// OpenRoot opens the root directory.
	OpenRoot() (File, Errno)
}

// File is an open inode. A method that does not fit the kind of the inode
// answers with the errno that POSIX gives: ISDIR for reading a directory,
// NOTDIR for a path beneath a file.
//
// A path is only borrowed for the time of the call: it may lie in guest
// memory. Who keeps a name clones it.
type File interface {
	Stat() (Stat, Errno)
	// Kind is the kind of the open inode; it never changes.
	Kind() Kind
	Flags() FdFlags
	SetFlags(FdFlags) Errno

	// Read and Write move the offset, Pread and Pwrite do not. Reading at the
	// end gives 0 bytes.
	Read(p []byte) (int, Errno)
	Write(p []byte) (int, Errno)
	Pread(p []byte, off int64) (int, Errno)
	Pwrite(p []byte, off int64) (int, Errno)
	SeekTo(off int64, whence Whence) (int64, Errno)
	Tell() (int64, Errno)
	SetSize(size int64) Errno
	SetTimes(atim, mtim TimeChange) Errno
	Sync() Errno
	// Lock takes or gives up a lock, without ever waiting: AGAIN if somebody
	// else holds it, NOLCK if there are too many.
	Lock(l Lock) Errno
	// Space is how many bytes can still be written to the file system, and how
	// many there is room for in all.
	Space() (free, total int64, errno Errno)
	// Close also ends the handle's locks, and its owner's on this file.
	Close() Errno

	// ReadDir fills entries with what comes after cookie (0: from the
	// beginning). Fewer than len(entries) means that the listing has ended.
	ReadDir(cookie uint64, entries []Dirent) (int, Errno)

	// The rest takes a path beneath this directory.

	Open(path string, o OpenOptions) (File, Errno)
	StatAt(path string, follow bool) (Stat, Errno)
	SetTimesAt(path string, follow bool, atim, mtim TimeChange) Errno
	Mkdir(path string) Errno
	Rmdir(path string) Errno
	Unlink(path string) Errno
	// Rename and Link go from a path beneath this directory to one beneath
	// to, which must be of the same FS (XDEV). Link does not follow a link in
	// the last component of old.
	Rename(old string, to File, new string) Errno
	Link(old string, to File, new string) Errno
	Symlink(target, path string) Errno
	// Readlink writes the target into p, as much as fits.
	Readlink(path string, p []byte) (int, Errno)
}

// Limits bound what a guest may write to a Tree above its lower. A zero field
// takes the default; a negative one allows nothing.
type Limits struct {
	// Bytes counts the contents of files and the targets of links.
	Bytes int64
	// Inodes counts names made in this Tree (files, directories, links): hard
	// links would otherwise cost nothing.
	Inodes int64
}

// The limits where none are given, and those that are not configurable.
const (
	DefaultBytes  = 512 << 20
	DefaultInodes = 200_000
	MaxFileSize   = 1 << 30
	MaxPathLen    = 4096
	MaxNameLen    = 255
	MaxLinks      = 40
)

// Options configure a Tree.
type Options struct {
	Limits Limits
	// Now is the clock of the tree, in nanoseconds since the epoch. Without
	// it, the machine's.
	Now func() int64
	// Random is what /dev/urandom gives. Without it, the machine's.
	Random func(p []byte)
}
