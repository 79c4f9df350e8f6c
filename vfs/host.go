package vfs

// Entry is a ready inode for Add: what a snapshot holds.
type Entry struct {
	Path string // absolute
	Kind Kind   // Directory, RegularFile or SymbolicLink
	Mtim int64  // also its other times
	Data []byte // a file's contents; kept, not copied, and never changed
	Link string // a link's target
}

// Change is one difference between an Overlay and its lower.
type Change struct {
	Path string
	Op   ChangeOp
	Kind Kind // of the inode that is there now; for Removed, that was there
}

// ChangeOp is what happened to a path.
type ChangeOp uint8

// What can happen to a path.
const (
	Created ChangeOp = iota
	Changed
	Removed // a directory stands for everything beneath it
)

// Skeleton: signatures first, so that others can compile against them.

type Tree struct{}

func NewTree(o Options) *Tree                                    { return &Tree{} }
func NewOverlay(lower *Tree, o Options) *Tree                    { return &Tree{} }
func (t *Tree) OpenRoot() (File, Errno)                          { return nil, NOSYS }
func (t *Tree) Freeze()                                          {}
func (t *Tree) Frozen() bool                                     { return false }
func (t *Tree) AddDevices() Errno                                { return NOSYS }
func (t *Tree) Changes() []Change                                { return nil }
func (t *Tree) Used() (bytes, inodes int64)                      { return 0, 0 }
func (t *Tree) Add(e Entry) Errno                                { return NOSYS }
func (t *Tree) ReadFile(path string) ([]byte, Errno)             { return nil, NOSYS }
func (t *Tree) WriteFile(path string, data []byte) Errno         { return NOSYS }
func (t *Tree) MkdirAll(path string) Errno                       { return NOSYS }
func (t *Tree) Stat(path string) (Stat, Errno)                   { return Stat{}, NOSYS }
func (t *Tree) Lstat(path string) (Stat, Errno)                  { return Stat{}, NOSYS }
func (t *Tree) ReadDir(path string) ([]Dirent, Errno)            { return nil, NOSYS }
func (t *Tree) Symlink(target, path string) Errno                { return NOSYS }
func (t *Tree) Readlink(path string) (string, Errno)             { return "", NOSYS }
func (t *Tree) Remove(path string) Errno                         { return NOSYS }
func (t *Tree) RemoveAll(path string) Errno                      { return NOSYS }
func (t *Tree) Rename(old, new string) Errno                     { return NOSYS }
func (t *Tree) SetTimes(path string, atim, mtim int64) Errno     { return NOSYS }
func (t *Tree) Walk(visit func(path string, s Stat) error) error { return NOSYS }
