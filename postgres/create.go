package postgres

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// ensureCluster creates the cluster in dir, if there is none. It is made in a folder
// next to dir and moved there when it is complete, so an interrupted creation
// leaves nothing that looks like a cluster.
func ensureCluster(ctx context.Context, dir, bin string, acc account, throwaway bool) error {
	if _, there, err := dataVersion(dir); err != nil {
		return err
	} else if there {
		return acc.claim(dir)
	}
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return fmt.Errorf("the folder holds %q, but no cluster: choose another folder, or one that is empty", entries[0].Name())
	}
	fresh := dir + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	if err := os.Mkdir(fresh, 0o700); err != nil {
		return err
	}
	defer os.RemoveAll(fresh) // there no more, if all went well
	if err := acc.give(fresh); err != nil {
		return err
	}
	out, err := initdb(ctx, fresh, bin, acc, "C.UTF-8", throwaway)
	if err != nil && strings.Contains(out, "invalid locale name") { // older C libraries lack it
		out, err = initdb(ctx, fresh, bin, acc, "C", throwaway)
	}
	if err != nil {
		return fmt.Errorf("create the cluster: %w\n%s", err, strings.TrimSpace(out))
	}
	if err := os.RemoveAll(dir); err != nil { // empty, as seen above
		return err
	}
	return os.Rename(fresh, dir)
}

func initdb(ctx context.Context, dir, bin string, acc account, locale string, throwaway bool) (string, error) {
	args := []string{"-U", superuser, "--auth=trust", "--encoding=UTF8", "--locale=" + locale}
	if throwaway {
		args = append(args, "--no-sync")
	}
	cmd, started, err := acc.command(ctx, filepath.Join(bin, "initdb"), dir, args...)
	if err != nil {
		return "", err
	}
	defer started()
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// claim gives a cluster that root owns, restored from a backup for instance, to
// the account.
func (a account) claim(dir string) error {
	info, err := os.Stat(filepath.Join(dir, "PG_VERSION"))
	if err != nil {
		return err
	}
	if uid, _ := owner(info); uid == a.uid {
		return nil
	}
	return a.give(dir)
}

// dataVersion is the major version of PostgreSQL that wrote the cluster in dir;
// false if there is no cluster.
func dataVersion(dir string) (major int, there bool, err error) {
	text, err := os.ReadFile(filepath.Join(dir, "PG_VERSION"))
	if os.IsNotExist(err) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	major, err = strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, false, fmt.Errorf("%s: %w", filepath.Join(dir, "PG_VERSION"), err)
	}
	return major, true, nil
}
