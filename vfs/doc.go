// Package vfs is the file system of a guest: an in-memory Tree, and Overlays
// that share an immutable Tree below them until something changes.
//
// # The model
//
// A Tree is a graph of inodes. An inode is a regular file, a directory, a
// symbolic link or a device; it has a number (Ino), times, and a count of the
// names that lead to it. A directory maps names to inodes and remembers the
// order in which the names came; every entry has a cookie that never changes,
// so a listing can go on after any number of removals.
//
// A Handle is an open inode with an offset and flags. It keeps the inode
// alive: a file that was unlinked while open keeps its bytes until the last
// Handle is closed.
//
// An Overlay is a Tree that begins as a view of a frozen one. Nothing is
// copied at first. An inode is copied when it first changes, keeps its number,
// and is from then on the one that every Handle, old or new, sees: a file's
// bytes are copied at the first write, a directory's entries at the first
// change of its names. There are no whiteouts: a changed directory simply
// lists what it holds.
//
// # Paths
//
// Every path is resolved beneath a directory, as openat2(2) does with
// RESOLVE_BENEATH: absolute paths and ".." above the directory are refused with
// NOTCAPABLE, even when the path would come back. The target of a link may be
// absolute where the directory is the root: it then begins there, since a guest
// calls the root "/". Beneath any other directory it is refused too.
//
// # Times
//
// Times are nanoseconds since the epoch. Every operation that changes
// something reads Options.Now exactly once, after it has found that it will
// succeed; an operation that fails or changes nothing does not read it. So
// equal operations on equal clocks give equal trees.
//
// # Locks
//
// A Handle can hold a lock on its file, and its owner locks on ranges of it;
// see Lock. They are advice between those who ask for them, live as long as
// the handles, and are no part of what a tree holds: nothing of them is in
// Changes, and a frozen tree can be locked too.
//
// # What it is not
//
// It knows no WASI: no guest memory, no descriptors, no rights. Errno has
// WASI's numbers only so that nobody has to translate. It has no owners and no
// permission bits, because WASI preview 1 has none.
//
// The TypeScript twin is wasmjs/vfs; both run the scripts in testdata/scripts.
package vfs
