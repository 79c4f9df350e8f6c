package wasi

// Guest memory: the only file that touches it. Every address and length is a
// guess of the guest's until it was checked here. Twin of
// wasmjs/wasi/memory.ts.

import (
	"encoding/binary"
	"unsafe"

	"github.com/tetratelabs/wazero/api"

	"pressbox/vfs"
)

// memory is the guest's memory for the time of one call, in which it cannot
// grow.
type memory []byte

func memoryOf(module api.Module) memory {
	m := module.Memory()
	if m == nil {
		return nil
	}
	all, _ := m.Read(0, m.Size())
	return all
}

// bytes is a view of size bytes at ptr.
func (m memory) bytes(ptr, size uint32) ([]byte, vfs.Errno) {
	end := uint64(ptr) + uint64(size)
	if end > uint64(len(m)) {
		return nil, vfs.FAULT
	}
	return m[ptr:end:end], vfs.Success
}

// text is a view of a path or a target. It must not be kept: the guest may
// change it after the call. See vfs.File.
func (m memory) text(ptr, size uint32) (string, vfs.Errno) {
	b, errno := m.bytes(ptr, size)
	if errno != vfs.Success {
		return "", errno
	}
	return unsafe.String(unsafe.SliceData(b), len(b)), vfs.Success
}

func (m memory) putUint32(ptr, value uint32) vfs.Errno {
	b, errno := m.bytes(ptr, 4)
	if errno == vfs.Success {
		binary.LittleEndian.PutUint32(b, value)
	}
	return errno
}

func (m memory) putUint64(ptr uint32, value uint64) vfs.Errno {
	b, errno := m.bytes(ptr, 8)
	if errno == vfs.Success {
		binary.LittleEndian.PutUint64(b, value)
	}
	return errno
}

// iovecs is a checked list of buffers in guest memory.
type iovecs struct {
	memory memory
	list   []byte
}

// iovecs checks count buffers at ptr, all before the first is used.
func (m memory) iovecs(ptr, count uint32) (iovecs, vfs.Errno) {
	if count > maxIovecs {
		return iovecs{}, vfs.INVAL
	}
	list, errno := m.bytes(ptr, count*iovecSize)
	if errno != vfs.Success {
		return iovecs{}, errno
	}
	v := iovecs{m, list}
	total := uint64(0)
	for i := range v.len() {
		at, size := v.at(i)
		if _, errno := m.bytes(at, size); errno != vfs.Success {
			return iovecs{}, errno
		}
		if total += uint64(size); total > 1<<32-1 { // the answer is a u32
			return iovecs{}, vfs.INVAL
		}
	}
	return v, vfs.Success
}

func (v iovecs) len() int { return len(v.list) / iovecSize }

func (v iovecs) at(i int) (ptr, size uint32) {
	b := v.list[i*iovecSize : (i+1)*iovecSize]
	return binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:])
}

// buffer is the i-th buffer. It is checked again: a read into an earlier
// buffer may have overwritten the list.
func (v iovecs) buffer(i int) ([]byte, vfs.Errno) {
	return v.memory.bytes(v.at(i))
}

// stringsSize is how many bytes putStrings writes.
func stringsSize(list []string) (size uint32) {
	for _, s := range list {
		size += uint32(len(s)) + 1
	}
	return size
}

// putStrings writes C strings one after another at buffer, and their addresses
// at pointers.
func (m memory) putStrings(list []string, pointers, buffer uint32) vfs.Errno {
	addresses, errno := m.bytes(pointers, uint32(len(list))*4)
	if errno != vfs.Success {
		return errno
	}
	if _, errno := m.bytes(buffer, stringsSize(list)); errno != vfs.Success {
		return errno
	}
	for i, s := range list {
		binary.LittleEndian.PutUint32(addresses[i*4:], buffer)
		copy(m[buffer:], s)
		m[buffer+uint32(len(s))] = 0
		buffer += uint32(len(s)) + 1
	}
	return vfs.Success
}

func (m memory) putFilestat(ptr uint32, dev uint64, s vfs.Stat) vfs.Errno {
	b, errno := m.bytes(ptr, filestatSize)
	if errno != vfs.Success {
		return errno
	}
	binary.LittleEndian.PutUint64(b, dev)
	binary.LittleEndian.PutUint64(b[8:], s.Ino)
	binary.LittleEndian.PutUint64(b[16:], uint64(s.Kind))
	binary.LittleEndian.PutUint64(b[24:], s.Nlink)
	binary.LittleEndian.PutUint64(b[32:], uint64(s.Size))
	binary.LittleEndian.PutUint64(b[40:], uint64(s.Atim))
	binary.LittleEndian.PutUint64(b[48:], uint64(s.Mtim))
	binary.LittleEndian.PutUint64(b[56:], uint64(s.Ctim))
	return vfs.Success
}

func (m memory) putFdstat(ptr uint32, kind vfs.Kind, flags vfs.FdFlags, base, inheriting uint64) vfs.Errno {
	b, errno := m.bytes(ptr, fdstatSize)
	if errno != vfs.Success {
		return errno
	}
	binary.LittleEndian.PutUint64(b, uint64(kind)|uint64(flags)<<16)
	binary.LittleEndian.PutUint64(b[8:], base)
	binary.LittleEndian.PutUint64(b[16:], inheriting)
	return vfs.Success
}

func (m memory) putPrestat(ptr uint32, nameLen int) vfs.Errno {
	b, errno := m.bytes(ptr, prestatSize)
	if errno != vfs.Success {
		return errno
	}
	binary.LittleEndian.PutUint32(b, 0)
	binary.LittleEndian.PutUint32(b[4:], uint32(nameLen))
	return vfs.Success
}

// putDirent writes as much of an entry as fits into the rest of a buffer that
// bytes gave, and returns how much that was.
func putDirent(b []byte, e vfs.Dirent) int {
	var head [direntSize]byte
	binary.LittleEndian.PutUint64(head[:], e.Next)
	binary.LittleEndian.PutUint64(head[8:], e.Ino)
	binary.LittleEndian.PutUint32(head[16:], uint32(len(e.Name)))
	head[20] = byte(e.Kind)
	n := copy(b, head[:])
	return n + copy(b[n:], e.Name)
}

// subscription is what poll_oneoff waits for.
type subscription struct {
	userdata uint64
	tag      uint8
	clock    uint32
	timeout  uint64
	absolute bool
	fd       uint32
}

// polls is a checked pair of lists: subscriptions in, events out.
type polls struct{ in, out []byte }

func (m memory) polls(in, out, count uint32) (polls, vfs.Errno) {
	if count == 0 || count > maxSubscriptions {
		return polls{}, vfs.INVAL
	}
	i, errno := m.bytes(in, count*subscriptionSize)
	if errno != vfs.Success {
		return polls{}, errno
	}
	o, errno := m.bytes(out, count*eventSize)
	if errno != vfs.Success {
		return polls{}, errno
	}
	// The guest may have the two overlap.
	return polls{append([]byte(nil), i...), o}, vfs.Success
}

func (p polls) len() int { return len(p.in) / subscriptionSize }

func (p polls) subscription(i int) subscription {
	b := p.in[i*subscriptionSize : (i+1)*subscriptionSize]
	return subscription{
		userdata: binary.LittleEndian.Uint64(b),
		tag:      b[8],
		clock:    binary.LittleEndian.Uint32(b[16:]),
		timeout:  binary.LittleEndian.Uint64(b[24:]),
		absolute: binary.LittleEndian.Uint16(b[40:])&clockIsAbsolute != 0,
		fd:       binary.LittleEndian.Uint32(b[16:]),
	}
}

func (p polls) putEvent(i int, s subscription, errno vfs.Errno, size uint64) {
	b := p.out[i*eventSize : (i+1)*eventSize]
	clear(b)
	binary.LittleEndian.PutUint64(b, s.userdata)
	binary.LittleEndian.PutUint16(b[8:], uint16(errno))
	b[10] = s.tag
	binary.LittleEndian.PutUint64(b[16:], size)
}
