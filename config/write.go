package config

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"go.yaml.in/yaml/v3"
)

// Write writes the whole configuration, including defaults, to a file that only the
// owner may read, so that Load returns the same in any process of this machine. A
// secret that is in no file is written to one in the same folder. The heading, of one
// line or more, becomes a comment.
func (c Config) Write(file, heading string) error {
	c = c.WithDefaults()
	beside := strings.TrimSuffix(file, ".yaml")
	database, key := "", ""
	if c.DatabaseFile != "" {
		c.Database = ""
	} else if hasPassword(c.Database) {
		database, c.Database, c.DatabaseFile = c.Database, "", beside+".database-url"
	}
	if c.Temporal.Key != "" {
		key, c.Temporal.KeyFile = c.Temporal.Key, beside+".encryption-key"
	}
	var text bytes.Buffer
	for line := range strings.Lines(heading) {
		text.WriteString("# " + strings.TrimSuffix(line, "\n") + "\n")
	}
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	if err := errors.Join(encoder.Encode(c), encoder.Close()); err != nil {
		return err
	}
	if key != "" {
		if err := replace(c.Temporal.KeyFile, []byte(key+"\n")); err != nil {
			return err
		}
	}
	if database != "" {
		if err := replace(c.DatabaseFile, []byte(database+"\n")); err != nil {
			return err
		}
	}
	return replace(file, text.Bytes())
}

// rewrite is replace for a file that exists: its owner and mode stay.
func rewrite(file string, data []byte) error {
	was, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return replace(file, data)
	}
	if err != nil {
		return err
	}
	if err := os.WriteFile(file+".new", data, 0o600); err != nil {
		return err
	}
	if of, ok := was.Sys().(*syscall.Stat_t); ok {
		err = os.Chown(file+".new", int(of.Uid), int(of.Gid))
	}
	if err := errors.Join(err, os.Chmod(file+".new", was.Mode().Perm())); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}

// replace writes a file that only the owner may read, whole or not at all.
func replace(file string, data []byte) error {
	if err := os.WriteFile(file+".new", data, 0o600); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}
