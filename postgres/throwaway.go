package postgres

import (
	"os"
	"syscall"
)

const (
	memory     = "/dev/shm" // where Linux has files in memory
	memoryFree = 1 << 30    // bytes that must be free there
)

// ThrowawayDir makes a folder for a cluster that is thrown away, which root's server
// may enter too: in TMPDIR if that is set, else in memory if there is room, because
// a test creates and drops thousands of files, else in the system's folder for
// temporary files. The caller removes it.
func ThrowawayDir() (string, error) {
	parent := os.Getenv("TMPDIR")
	var room syscall.Statfs_t
	if parent == "" && syscall.Statfs(memory, &room) == nil && room.Bavail*uint64(room.Bsize) >= memoryFree {
		parent = memory
	}
	dir, err := os.MkdirTemp(parent, "sluss-throwaway-")
	if err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o711) // for root, the server runs as another user
}
