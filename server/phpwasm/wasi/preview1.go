package wasi

// The functions of preview 1, all of them, by their names and in the order of
// the standard. Twin of wasmjs/wasi/preview1.ts.

import (
	"context"
	"fmt"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"pressbox/vfs"
)

// ModuleName is what guests import from.
const ModuleName = "wasi_snapshot_preview1"

// function is one host function. In its signature, i is an i32, I an i64, and
// p the address and length of a text.
type function struct {
	name, signature string
	call            func(h *Host, m memory, a []uint64) vfs.Errno
}

func functions() []function {
	return []function{
		{"args_get", "ii", argsGet},
		{"args_sizes_get", "ii", argsSizesGet},
		{"environ_get", "ii", environGet},
		{"environ_sizes_get", "ii", environSizesGet},
		{"clock_res_get", "ii", clockResGet},
		{"clock_time_get", "iIi", clockTimeGet},
		{"fd_advise", "iIIi", fdAdvise},
		{"fd_allocate", "iII", fdAllocate},
		{"fd_close", "i", fdClose},
		{"fd_datasync", "i", fdSync},
		{"fd_fdstat_get", "ii", fdFdstatGet},
		{"fd_fdstat_set_flags", "ii", fdFdstatSetFlags},
		{"fd_fdstat_set_rights", "iII", fdFdstatSetRights},
		{"fd_filestat_get", "ii", fdFilestatGet},
		{"fd_filestat_set_size", "iI", fdFilestatSetSize},
		{"fd_filestat_set_times", "iIIi", fdFilestatSetTimes},
		{"fd_pread", "iiiIi", fdPread},
		{"fd_prestat_get", "ii", fdPrestatGet},
		{"fd_prestat_dir_name", "iii", fdPrestatDirName},
		{"fd_pwrite", "iiiIi", fdPwrite},
		{"fd_read", "iiii", fdRead},
		{"fd_readdir", "iiiIi", fdReaddir},
		{"fd_renumber", "ii", fdRenumber},
		{"fd_seek", "iIii", fdSeek},
		{"fd_sync", "i", fdSync},
		{"fd_tell", "ii", fdTell},
		{"fd_write", "iiii", fdWrite},
		{"path_create_directory", "ip", pathCreateDirectory},
		{"path_filestat_get", "iipi", pathFilestatGet},
		{"path_filestat_set_times", "iipIIi", pathFilestatSetTimes},
		{"path_link", "iipip", pathLink},
		{"path_open", "iipiIIii", pathOpen},
		{"path_readlink", "ipiii", pathReadlink},
		{"path_remove_directory", "ip", pathRemoveDirectory},
		{"path_rename", "ipip", pathRename},
		{"path_symlink", "pip", pathSymlink},
		{"path_unlink_file", "ip", pathUnlinkFile},
		{"poll_oneoff", "iiii", pollOneoff},
		{"proc_exit", "i", procExit},
		{"proc_raise", "i", procRaise},
		{"sched_yield", "", schedYield},
		{"random_get", "ii", randomGet},
		{"sock_accept", "iii", sock},
		{"sock_recv", "iiiiii", sock},
		{"sock_send", "iiiii", sock},
		{"sock_shutdown", "ii", sock},
	}
}

func (f function) params() []api.ValueType {
	var params []api.ValueType
	for _, c := range f.signature {
		switch c {
		case 'i':
			params = append(params, api.ValueTypeI32)
		case 'I':
			params = append(params, api.ValueTypeI64)
		case 'p':
			params = append(params, api.ValueTypeI32, api.ValueTypeI32)
		}
	}
	return params
}

func (f function) results() []api.ValueType {
	if f.name == "proc_exit" {
		return nil
	}
	return []api.ValueType{api.ValueTypeI32}
}

// Instantiate puts preview 1 into a runtime. A guest must be called in the
// context of its Host. If trace is not nil, it is told of every call.
func Instantiate(ctx context.Context, runtime wazero.Runtime, trace Trace) error {
	builder := runtime.NewHostModuleBuilder(ModuleName)
	for _, f := range functions() {
		if trace != nil {
			f = traced(f, trace)
		}
		call, returns := f.call, len(f.results()) > 0
		builder.NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(
			func(ctx context.Context, module api.Module, stack []uint64) {
				h := hostOf(ctx)
				if h.stopped.Load() {
					panic(errStopped)
				}
				errno := call(h, memoryOf(module), stack)
				if returns {
					stack[0] = uint64(errno)
				}
			}), f.params(), f.results()).Export(f.name)
	}
	if _, err := builder.Instantiate(ctx); err != nil {
		return fmt.Errorf("instantiate %s: %w", ModuleName, err)
	}
	return nil
}

// Names lists the functions of preview 1.
func Names() []string {
	var names []string
	for _, f := range functions() {
		names = append(names, f.name)
	}
	return names
}
