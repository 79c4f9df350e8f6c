// Package snapshots reads and writes snapshots: immutable, content-addressed
// sites in one file.
//
// A snapshot is a manifest and packs. The manifest lists every path of the
// site with its kind, time and content; the packs hold the contents, each
// distinct content once. A host loads the manifest first and can answer every
// stat and every directory listing from it; contents follow when they are first
// read, or with a whole pack. Pack 0, "boot", holds what PHP reads; pack 1,
// "static", holds what only a browser asks for. Contents are not compressed:
// they are handed to a guest as they lie, and HTTP compresses on the way.
//
// The digest of a snapshot is the SHA-256 of its manifest. The manifest holds
// the digests of all contents and packs, so it names every byte of the site.
//
// # The file
//
// All numbers are little-endian and unsigned. A .snap file is
//
//	offset  size  what
//	     0     8  magic: 89 'P' 'B' 'S' 'N' 0D 0A 1A
//	     8     4  version: 1
//	    12     4  zero
//	    16     8  M, the size of the manifest
//	    24     8  the size of the file: 64 + M + the sizes of the packs
//	    32    32  SHA-256 of the manifest: the snapshot's digest
//	    64     M  the manifest
//	  64+M        the packs in order, with nothing between and nothing after
//
// The first byte has its high bit set and the last three are a line end of two
// kinds: a copy that was made as text is seen at once, as in PNG.
//
// # The manifest
//
//	offset  size  what
//	     0     8  magic: 89 'P' 'B' 'M' 'F' 0D 0A 1A
//	     8     4  version: 1
//	    12     4  J, the size of the metadata
//	    16     4  P, the number of packs: 1 to 16
//	    20     4  C, the number of contents
//	    24     4  E, the number of entries
//	    28     4  N, the size of the names
//	    32     J  metadata: a JSON object in UTF-8, keys sorted
//	         48P  packs:    4 number of contents in this pack
//	                        4 zero
//	                        8 size of the pack: the sum of its contents' sizes
//	                       32 SHA-256 of the pack
//	         36C  contents: 4 size
//	                       32 SHA-256
//	         20E  entries:  1 kind: 3 directory, 4 file, 7 symbolic link (WASI's numbers)
//	                        1 zero
//	                        2 S, how many bytes of the path are those of the path before
//	                        2 R, how many bytes of the path follow in the names
//	                        2 L, the size of a link's target; else zero
//	                        4 a file's content, counted from zero; else zero
//	                        8 time of the last change, nanoseconds since 1970, below 2^63
//	           N  names:    for each entry R bytes of path, then L bytes of target
//
// and ends there.
//
// A path is relative to the root, which itself is not listed: names joined by
// single slashes, without a slash at either end. Names are UTF-8 of 1 to 255
// bytes without NUL and are neither "." nor ".."; a path has at most 4096 bytes,
// all paths together, written out, at most 64 MiB.
// Entries are in strictly ascending bytewise order of their paths, so a
// directory comes before what is in it, and every parent is listed. S is as
// large as it can be.
//
// Contents lie in the pack one after the other without gaps, so a content's
// place is the sum of the sizes before it. Within a pack, contents are in the
// order in which the entries name them for the first time; every content is
// named. A link's target is relative, UTF-8, of 1 to 4096 bytes, without NUL,
// and does not climb above the root.
//
// # Promises
//
// The same tree and metadata give the same bytes, and a manifest that is not in
// this one form is refused. A version never changes its meaning: whatever this
// text does not allow needs a new version. A reader refuses a version it does
// not know, and says so. Unknown metadata keys are kept and ignored.
//
// Nothing in a file is believed: every size, count, name, order, kind, link
// and reference is checked before it is used, nothing is allocated because a
// number in the file asks for it, and Verify compares every digest. A file that
// fails is refused as a whole with a [FormatError].
//
// # What a snapshot does not keep
//
// Owners and permissions (the guest's world has none), access times, and the
// identity of hard links: two names of one file become two files with one
// content. Devices are not stored: a host adds its own.
package snapshots
