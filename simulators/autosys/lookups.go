package autosys

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"
)

// By is the query parameter that a call asked with.
type By string

// The parameters of the single query.
const (
	ByPlate By = "kjennemerke"
	ByVIN   By = "understellsnummer"
)

// Lookup is one call as the registry saw it.
type Lookup struct {
	At      time.Time `json:"at"`
	Key     string    `json:"key,omitempty"`   // KeyHash of the key that was sent; empty where none was
	By      By        `json:"by,omitempty"`    // empty where not exactly one parameter was sent
	Asked   string    `json:"asked,omitempty"` // the plate or chassis number as sent
	Status  int       `json:"status"`          // 0 where the connection was closed without an answer
	Counted bool      `json:"counted"`         // it weighs on the quota
	Fault   FaultKind `json:"fault,omitempty"` // what was made to go wrong
}

// Counter is what one key has used of one day.
type Counter struct {
	Key  string `json:"key"` // KeyHash
	Day  string `json:"day"` // calendar day in Oslo, YYYY-MM-DD
	Used int    `json:"used"`
	Left int    `json:"left"` // of the day's quota
}

// KeyHash is the name of a key in the records, which never hold the key itself.
func KeyHash(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:6])
}

// Lookups returns every call since the log began, oldest first.
func (r *Registry) Lookups() []Lookup {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.records)
}

// Counters returns what each key has used of each day on which it called, by day and key.
func (r *Registry) Counters() []Counter {
	r.mu.Lock()
	defer r.mu.Unlock()
	counters := []Counter{}
	for use, used := range r.used {
		counters = append(counters, Counter{Key: use.key, Day: use.day, Used: used, Left: max(0, r.options.DailyQuota-used)})
	}
	slices.SortFunc(counters, func(a, b Counter) int { return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Key, b.Key)) })
	return counters
}

// use is a key on a calendar day in Oslo.
type use struct{ key, day string }

func (r *Registry) useOf(key string, at time.Time) use {
	return use{key: key, day: at.In(r.oslo).Format(time.DateOnly)}
}

// record writes the call to the log, durably where there is a path; the caller holds the lock.
func (r *Registry) record(call Lookup) error {
	if r.log != nil {
		line, err := json.Marshal(call)
		if err != nil {
			return fmt.Errorf("call log: %w", err)
		}
		if _, err := r.log.Write(append(line, '\n')); err != nil {
			return fmt.Errorf("call log: %w", err)
		}
		if err := r.log.Sync(); err != nil {
			return fmt.Errorf("call log: %w", err)
		}
	}
	r.enter(call)
	return nil
}

func (r *Registry) enter(call Lookup) {
	r.records = append(r.records, call)
	if call.Counted {
		r.used[r.useOf(call.Key, call.At)]++
	}
}

// reload reads the call log and opens it for more. A last line without an end, as a crash leaves it, is cut off.
func (r *Registry) reload(path string) error {
	kept, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("call log: %w", err)
	}
	whole := bytes.LastIndexByte(kept, '\n') + 1
	number := 0
	for line := range bytes.Lines(kept[:whole]) {
		number++
		var call Lookup
		if err := json.Unmarshal(line, &call); err != nil {
			return fmt.Errorf("call log %s, line %d: %w", path, number, err)
		}
		r.enter(call)
	}
	log, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("call log: %w", err)
	}
	if err := log.Truncate(int64(whole)); err != nil {
		return errors.Join(fmt.Errorf("call log: %w", err), log.Close())
	}
	r.log = log
	return nil
}

// Close closes the call log. The registry answers no calls after it.
func (r *Registry) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.log == nil {
		return nil
	}
	return r.log.Close()
}
