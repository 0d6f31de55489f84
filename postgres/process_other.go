//go:build unix && !linux

package postgres

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path"
	"strconv"
	"strings"
	"syscall"
)

// dieWithUs puts the server in a process group of its own, so that an interrupt
// from the keyboard reaches only this process. The system cannot stop the server when
// this process dies; the next start does.
func dieWithUs(cmd *exec.Cmd) { cmd.SysProcAttr.Setpgid = true }

// serves tells whether the process is a PostgreSQL server; of which cluster it
// cannot tell, but the process id comes from the cluster's own file.
func serves(pid int, _ string) bool {
	out, err := exec.CommandContext(context.Background(), "ps", "-o", "comm=", "-p", strconv.Itoa(pid)).Output()
	return err == nil && path.Base(strings.TrimSpace(string(out))) == "postgres" && syscall.Kill(pid, 0) == nil
}

// inherit is for Linux: elsewhere a process cannot reach a folder through what it
// has open.
func inherit(string) (*os.File, string, error) {
	return nil, "", errors.ErrUnsupported
}
