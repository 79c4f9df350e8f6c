package hostdir

import (
	"os"
	"syscall"

	"pressbox/vfs"
)

// lockFile is flock(2), without waiting.
func lockFile(f *os.File, mode vfs.LockMode) error {
	how := [...]int{vfs.LockShared: syscall.LOCK_SH, vfs.LockExclusive: syscall.LOCK_EX, vfs.Unlock: syscall.LOCK_UN}[mode]
	return control(f, func(fd int) error { return syscall.Flock(fd, how|syscall.LOCK_NB) })
}

// lockRange is fcntl(2)'s F_SETLK, or F_GETLK for a test.
func lockRange(f *os.File, l vfs.Lock) vfs.Errno {
	kind := [...]int16{vfs.LockShared: syscall.F_RDLCK, vfs.LockExclusive: syscall.F_WRLCK, vfs.Unlock: syscall.F_UNLCK}[l.Mode]
	command := syscall.F_SETLK
	if l.Test {
		command = syscall.F_GETLK
	}
	lock := syscall.Flock_t{Type: kind, Start: l.Off, Len: l.Len}
	err := control(f, func(fd int) error { return syscall.FcntlFlock(uintptr(fd), command, &lock) })
	if err == syscall.EACCES { // EAGAIN's other name, says POSIX
		return vfs.AGAIN
	}
	if err == nil && l.Test && lock.Type != syscall.F_UNLCK {
		return vfs.AGAIN
	}
	return errnoOf(err)
}

// control calls with the number of an open file.
func control(f *os.File, call func(fd int) error) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var result error
	if err := raw.Control(func(fd uintptr) { result = call(int(fd)) }); err != nil {
		return err
	}
	return result
}
