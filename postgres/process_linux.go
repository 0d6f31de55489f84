package postgres

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// dieWithUs makes the system stop the server when this process dies. The server
// is in a process group of its own, so that an interrupt from the keyboard
// reaches only this process, which stops the server when it no longer needs it.
func dieWithUs(cmd *exec.Cmd) {
	cmd.SysProcAttr.Pdeathsig = syscall.SIGINT
	cmd.SysProcAttr.Setpgid = true
}

// serves tells whether the process is the server of the cluster in dir: a
// server works in its data folder.
func serves(pid int, dir string) bool {
	proc := "/proc/" + strconv.Itoa(pid)
	name, err := os.ReadFile(proc + "/comm")
	if err != nil || strings.TrimSpace(string(name)) != "postgres" {
		return false
	}
	cwd, err := os.Stat(proc + "/cwd")
	if err != nil {
		return false
	}
	data, err := os.Stat(dir)
	return err == nil && os.SameFile(cwd, data)
}

// inherit opens a folder for a child, and names it as that child reaches it when
// the file is the first of its ExtraFiles.
func inherit(dir string) (*os.File, string, error) {
	opened, err := os.Open(dir)
	return opened, "/proc/self/fd/3", err
}
