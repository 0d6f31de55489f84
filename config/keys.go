package config

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// key is one that payloads are encrypted with.
type key struct {
	id  string
	gcm cipher.AEAD
}

// keys are all encryption keys of an installation: the first one encrypts, all decrypt.
type keys []key

// keys reads the keys for workflow payloads; none, if payloads are not encrypted.
func (t Temporal) keys() (keys, error) {
	text := t.Key
	if t.KeyFile != "" && text == "" {
		var problem string
		if text, problem, _ = secret(t.KeyFile); problem != "" {
			return nil, fmt.Errorf("temporal.encryption_key_file: %s", problem)
		}
	}
	if text == "" {
		return nil, nil
	}
	parsed, err := parseKeys(text)
	if err != nil {
		return nil, fmt.Errorf("encryption keys: %w", err)
	}
	return parsed, nil
}

// KeyIDs returns the ids of the keys for workflow payloads; the first key is the one
// that encrypts. The id of a key is derived from the key, so it is the same
// everywhere; the key cannot be derived from the id.
func (t Temporal) KeyIDs() ([]string, error) {
	all, err := t.keys()
	return all.ids(), err
}

func (k keys) ids() []string {
	var ids []string
	for _, one := range k {
		ids = append(ids, one.id)
	}
	return ids
}

func (k keys) find(id string) (key, bool) {
	i := slices.IndexFunc(k, func(one key) bool { return one.id == id })
	if i < 0 {
		return key{}, false
	}
	return k[i], true
}

// parseKeys reads keys of 64 hex digits, a line each; blanks and commas part
// them too, and what follows a # is a comment. No error quotes a key.
func parseKeys(text string) (keys, error) {
	var all keys
	for n, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		for _, word := range strings.FieldsFunc(line, func(c rune) bool { return strings.ContainsRune(" \t\r,;", c) }) {
			secret, err := hex.DecodeString(word)
			if err != nil || len(secret) != 32 {
				return nil, fmt.Errorf("line %d is not a key, which is 64 hex digits", n+1)
			}
			one, err := newKey(secret)
			if err != nil {
				return nil, err
			}
			if _, again := all.find(one.id); again {
				return nil, fmt.Errorf("line %d is the key %s once more", n+1, one.id)
			}
			all = append(all, one)
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("there is no key")
	}
	return all, nil
}

func newKey(secret []byte) (key, error) {
	block, err := aes.NewCipher(secret)
	if err != nil {
		return key{}, err
	}
	gcm, err := cipher.NewGCM(block)
	return key{keyID(secret), gcm}, err
}

// keyID is what a key is called. A key is random, so that a hash does not give it
// away.
func keyID(secret []byte) string {
	sum := sha256.Sum256(append([]byte("sluss payload key "), secret...))
	return hex.EncodeToString(sum[:6])
}

// AddKey adds a new key at the end of the file, which is created if it is missing.
// Processes with the file can decrypt with the key, but do not encrypt with it yet.
// It returns the id of the key.
func AddKey(file string) (id string, err error) {
	fresh := make([]byte, 32)
	if _, err := rand.Read(fresh); err != nil {
		return "", err
	}
	text, err := os.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return "", err
	default:
		if _, err := parseKeys(string(text)); err != nil {
			return "", fmt.Errorf("%s: %w", file, err)
		}
	}
	if len(text) > 0 && text[len(text)-1] != '\n' {
		text = append(text, '\n')
	}
	text = append(hex.AppendEncode(text, fresh), '\n')
	return keyID(fresh), rewrite(file, text)
}

// UseKey moves the key with that id to the beginning of the file, so that it encrypts.
func UseKey(file, id string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	all, err := parseKeys(string(text))
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if _, known := all.find(id); !known {
		return fmt.Errorf("there is no key %s in %s: it has %s", id, file, strings.Join(all.ids(), ", "))
	}
	first, rest := "", []string{}
	for line := range strings.Lines(string(text)) {
		if of, err := parseKeys(line); err == nil && len(of) == 1 && of[0].id == id {
			first = strings.TrimSuffix(line, "\n") + "\n"
			continue
		}
		rest = append(rest, line)
	}
	if first == "" {
		return fmt.Errorf("the key %s shares its line in %s with others: write each on a line of its own", id, file)
	}
	return rewrite(file, []byte(first+strings.Join(rest, "")))
}
