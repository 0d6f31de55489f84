package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is the user that the server runs as.
type account struct {
	name     string
	uid, gid uint32
	other    bool // another user than this process
}

// accountFor is this process's own user; for root, whom PostgreSQL refuses, the
// owner of dir, or else user postgres or nobody.
func accountFor(dir string) (account, error) {
	if os.Geteuid() != 0 {
		return account{}, nil
	}
	if info, err := os.Stat(dir); err == nil {
		if uid, gid := owner(info); uid != 0 {
			id := strconv.FormatUint(uint64(uid), 10)
			name := "with id " + id
			if u, err := user.LookupId(id); err == nil {
				name = u.Username
			}
			return account{name: name, uid: uid, gid: gid, other: true}, nil
		}
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		if err != nil {
			return account{}, fmt.Errorf("user %s: %w", name, err)
		}
		gid, err := strconv.ParseUint(u.Gid, 10, 32)
		if err != nil {
			return account{}, fmt.Errorf("user %s: %w", name, err)
		}
		return account{name: name, uid: uint32(uid), gid: uint32(gid), other: true}, nil
	}
	return account{}, errors.New("PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody: " +
		"create one (useradd --system postgres), or run as an ordinary user")
}

// owner is the user and the group that a file belongs to.
func owner(info fs.FileInfo) (uid, gid uint32) {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0
	}
	return stat.Uid, stat.Gid
}

// command is a program of PostgreSQL that works on the cluster in dir, run as the
// account in an environment that does not depend on who calls. Call started once
// it runs, or will not.
func (a account) command(ctx context.Context, program, dir string, args ...string) (_ *exec.Cmd, started func(), err error) {
	started = func() {}
	var inherited []*os.File
	if closed := a.mayEnter(filepath.Dir(dir)); closed != nil {
		// No name leads the account to its own folder, so we open it instead.
		opened, name, err := inherit(dir)
		if err != nil {
			return nil, nil, errors.Join(closed, err)
		}
		inherited, dir, started = []*os.File{opened}, name, func() { opened.Close() }
	}
	cmd := exec.CommandContext(ctx, program, append([]string{"-D", dir}, args...)...)
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	cmd.ExtraFiles = inherited
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	if a.other {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: a.uid, Gid: a.gid}
	}
	return cmd, started, nil
}

// mayEnter checks that the folder and all above it let the account through.
func (a account) mayEnter(folder string) error {
	if !a.other {
		return nil
	}
	folder, err := filepath.EvalSymlinks(folder)
	if err != nil {
		return err
	}
	for at := folder; ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		if err != nil {
			return err
		}
		uid, gid := owner(info)
		enter := fs.FileMode(0o001)
		switch {
		case uid == a.uid:
			enter = 0o100
		case gid == a.gid:
			enter = 0o010
		}
		if info.Mode()&enter == 0 {
			return fmt.Errorf("PostgreSQL refuses to run as root, so it runs as user %s, who may not enter %s (mode %04o): "+
				"choose a folder elsewhere, such as one below /var/lib, or run as an ordinary user, or allow it with chmod o+x %s",
				a.name, at, info.Mode().Perm(), at)
		}
		if at == filepath.Dir(at) {
			return nil
		}
	}
}

// give makes the account the owner of all that is in dir.
func (a account) give(dir string) error {
	if !a.other {
		return nil
	}
	return filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, int(a.uid), int(a.gid))
	})
}
