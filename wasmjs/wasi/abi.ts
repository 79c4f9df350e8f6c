// The numbers and layouts of WASI preview 1. Everything is little-endian.
// Twin of server/phpwasm/wasi/abi.go.
//
//   iovec, ciovec  8   0 buf u32    4 len u32
//   fdstat        24   0 filetype u8  2 flags u16  8 rights u64  16 inheriting u64
//   filestat      64   0 dev u64  8 ino u64  16 filetype u8  24 nlink u64
//                      32 size u64  40 atim u64  48 mtim u64  56 ctim u64
//   dirent        24   0 next u64  8 ino u64  16 namlen u32  20 filetype u8
//   prestat        8   0 tag u8 (0: directory)  4 name length u32
//   subscription  48   0 userdata u64  8 tag u8  16 clock id, or descriptor, u32
//                      24 timeout u64  32 precision u64  40 flags u16
//   event         32   0 userdata u64  8 errno u16  10 type u8
//                      16 nbytes u64  24 flags u16

export const iovecSize = 8;
export const fdstatSize = 24;
export const filestatSize = 64;
export const direntSize = 24;
export const prestatSize = 8;
export const subscriptionSize = 48;
export const eventSize = 32;

/** Oflags are what path_open does besides opening. */
export const Oflags = { Creat: 1, Directory: 2, Excl: 4, Trunc: 8 } as const;

/** symlinkFollow is the one lookup flag. */
export const symlinkFollow = 1;

/** Fstflags say which times to set, and how. */
export const Fstflags = { Atim: 1, AtimNow: 2, Mtim: 4, MtimNow: 8 } as const;

/** ClockId numbers the clocks. */
export const ClockId = { Realtime: 0, Monotonic: 1, ProcessCpu: 2, ThreadCpu: 3 } as const;

/** EventType tags subscriptions and events. */
export const EventType = { Clock: 0, FdRead: 1, FdWrite: 2 } as const;

/** abstime says that a subscription's timeout is a time, not a duration. */
export const abstime = 1;

/**
 * Rights are bits, all below 2**30, so a number holds them. They are told back
 * as they were asked for; the only ones that decide anything are reading and
 * writing.
 */
export const Rights = {
  FdDatasync: 1 << 0,
  FdRead: 1 << 1,
  FdSeek: 1 << 2,
  FdFdstatSetFlags: 1 << 3,
  FdSync: 1 << 4,
  FdTell: 1 << 5,
  FdWrite: 1 << 6,
  FdAdvise: 1 << 7,
  FdAllocate: 1 << 8,
  PathCreateDirectory: 1 << 9,
  PathCreateFile: 1 << 10,
  PathLinkSource: 1 << 11,
  PathLinkTarget: 1 << 12,
  PathOpen: 1 << 13,
  FdReaddir: 1 << 14,
  PathReadlink: 1 << 15,
  PathRenameSource: 1 << 16,
  PathRenameTarget: 1 << 17,
  PathFilestatGet: 1 << 18,
  PathFilestatSetSize: 1 << 19,
  PathFilestatSetTimes: 1 << 20,
  FdFilestatGet: 1 << 21,
  FdFilestatSetSize: 1 << 22,
  FdFilestatSetTimes: 1 << 23,
  PathSymlink: 1 << 24,
  PathRemoveDirectory: 1 << 25,
  PathUnlinkFile: 1 << 26,
  PollFdReadwrite: 1 << 27,
  SockShutdown: 1 << 28,
  SockAccept: 1 << 29,
} as const;

/** allFdFlags and allOflags bound what is not INVAL. */
export const allFdFlags = 31;
export const allOflags = 15;

/** maxIovecs is what POSIX systems call IOV_MAX; more is INVAL. */
export const maxIovecs = 1024;

/** maxSubscriptions bounds what poll_oneoff takes at once. */
export const maxSubscriptions = 4096;

/** fileRights are those that mean something for a file. */
export const fileRights =
  Rights.FdDatasync | Rights.FdRead | Rights.FdSeek | Rights.FdFdstatSetFlags | Rights.FdSync | Rights.FdTell |
  Rights.FdWrite | Rights.FdAdvise | Rights.FdAllocate | Rights.FdFilestatGet | Rights.FdFilestatSetSize |
  Rights.FdFilestatSetTimes | Rights.PollFdReadwrite;

/** directoryRights are those that mean something for a directory. */
export const directoryRights =
  Rights.FdDatasync | Rights.FdFdstatSetFlags | Rights.FdSync | Rights.FdAdvise | Rights.PathCreateDirectory | Rights.PathCreateFile |
  Rights.PathLinkSource | Rights.PathLinkTarget | Rights.PathOpen | Rights.FdReaddir | Rights.PathReadlink |
  Rights.PathRenameSource | Rights.PathRenameTarget | Rights.PathFilestatGet | Rights.PathFilestatSetSize |
  Rights.PathFilestatSetTimes | Rights.FdFilestatGet | Rights.FdFilestatSetTimes | Rights.PathSymlink |
  Rights.PathRemoveDirectory | Rights.PathUnlinkFile | Rights.PollFdReadwrite;

/**
 * changeRights are what a directory for reading only lacks. Writing files is
 * not among it: whoever asks for that shall be told ROFS.
 */
const changeRights =
  Rights.PathCreateDirectory | Rights.PathCreateFile | Rights.PathLinkSource | Rights.PathLinkTarget |
  Rights.PathRenameSource | Rights.PathRenameTarget | Rights.PathFilestatSetSize | Rights.PathFilestatSetTimes |
  Rights.FdFilestatSetTimes | Rights.PathSymlink | Rights.PathRemoveDirectory | Rights.PathUnlinkFile;

/** rightsOfDirectory are what a directory may be told to have. */
export function rightsOfDirectory(readOnly: boolean): number {
  return readOnly ? directoryRights & ~changeRights : directoryRights;
}

// Why may the standard streams seek? Only a character device without that
// right is a terminal to wasi-libc, and these are none. Seeking is SPIPE.
const streamRights =
  Rights.FdSeek | Rights.FdTell | Rights.FdFdstatSetFlags | Rights.FdFilestatGet | Rights.PollFdReadwrite;
export const stdinRights = Rights.FdRead | streamRights;
export const stdoutRights = Rights.FdWrite | streamRights;
