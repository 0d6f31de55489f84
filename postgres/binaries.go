package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// ErrNoBinaries is what Binaries and Start answer on a machine that has no
// PostgreSQL. Install gets one.
var ErrNoBinaries = errors.New("no PostgreSQL on this machine")

// installations are where packages put their binaries.
var installations = []string{
	"/usr/lib/postgresql/*/bin",          // Debian, Ubuntu
	"/usr/pgsql-*/bin",                   // Fedora, Red Hat, SUSE
	"/usr/libexec/postgresql*",           // Alpine
	"/opt/homebrew/opt/postgresql@*/bin", // macOS
}

// Binaries finds the folder of PostgreSQL's programs: PG_BIN if that is set,
// and nothing else then; else the first folder of PATH, the newest version
// that a package of the machine installed, or what Install fetched. A folder
// counts if it has initdb, pg_ctl and postgres; Debian's /usr/bin has none.
//
// The error is ErrNoBinaries, with what to do about it.
func Binaries() (string, error) {
	found, err := candidates()
	if err != nil {
		return "", err
	}
	return found[0], nil
}

// candidates are all folders with binaries, in the order of Binaries; one at least.
func candidates() ([]string, error) {
	if bin := os.Getenv("PG_BIN"); bin != "" {
		if !isBin(bin) {
			return nil, fmt.Errorf("%w where PG_BIN says: %s has not all of initdb, pg_ctl and postgres; "+
				"set PG_BIN to the folder that has, or unset it", ErrNoBinaries, bin)
		}
		return []string{bin}, nil
	}
	folders := filepath.SplitList(os.Getenv("PATH"))
	folders = append(folders, installed()...)
	fetched, err := fetchedBin()
	if err == nil {
		folders = append(folders, fetched)
	}
	folders = slices.DeleteFunc(folders, func(f string) bool { return !isBin(f) })
	if len(folders) == 0 {
		return nil, fmt.Errorf("%w: initdb, pg_ctl and postgres are not in PATH, %s or %s; "+
			"install a package (on Debian and Ubuntu: apt-get install postgresql), or set PG_BIN to the folder that has them",
			ErrNoBinaries, installations[0], fetched)
	}
	return folders, nil
}

func isBin(folder string) bool {
	if !filepath.IsAbs(folder) {
		return false
	}
	for _, program := range []string{"initdb", "pg_ctl", "postgres"} {
		info, err := os.Stat(filepath.Join(folder, program))
		if err != nil || info.IsDir() || info.Mode()&0o111 == 0 {
			return false
		}
	}
	return true
}

// installed lists the folders of packages, newest version first.
func installed() []string {
	var folders []string
	for _, pattern := range installations {
		found, err := filepath.Glob(pattern)
		if err == nil {
			folders = append(folders, found...)
		}
	}
	slices.SortStableFunc(folders, func(a, b string) int { return cmp.Compare(majorOf(b), majorOf(a)) })
	return folders
}

// majorOf is the version that the folder of a package is named after.
func majorOf(folder string) int {
	return cmp.Or(majorIn(filepath.Base(folder)), majorIn(filepath.Base(filepath.Dir(folder))))
}

var number = regexp.MustCompile(`[0-9]+`)

// majorIn is the first number in a text, 0 if it has none.
func majorIn(text string) int {
	n, err := strconv.Atoi(number.FindString(text))
	if err != nil {
		return 0
	}
	return n
}

// binariesFor finds the binaries for the cluster in dir: those of the version
// that wrote its data. If bin is not empty, it is that folder or an error.
func binariesFor(ctx context.Context, dir, bin string) (string, error) {
	folders := []string{bin}
	if bin == "" {
		var err error
		if folders, err = candidates(); err != nil {
			return "", err
		}
	} else if !isBin(bin) {
		return "", fmt.Errorf("%w in %s: that folder has not all of initdb, pg_ctl and postgres", ErrNoBinaries, bin)
	}
	want, there, err := dataVersion(dir)
	if err != nil {
		return "", err
	}
	if !there {
		return folders[0], nil
	}
	for _, folder := range folders {
		have, err := programVersion(ctx, folder)
		if err != nil {
			return "", err
		}
		if have == want {
			return folder, nil
		}
	}
	return "", fmt.Errorf("the data there were written by PostgreSQL %d, which is not in %q: install that version, "+
		"or set PG_BIN to the folder of its programs, or move the data with pg_dump and psql", want, folders)
}

// programVersion is the major version of the programs in bin.
func programVersion(ctx context.Context, bin string) (int, error) {
	out, err := exec.CommandContext(ctx, filepath.Join(bin, "postgres"), "--version").Output()
	if err != nil {
		return 0, fmt.Errorf("%s does not run: %w", filepath.Join(bin, "postgres"), err)
	}
	return majorIn(string(out)), nil
}
