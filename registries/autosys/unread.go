package autosys

import (
	"encoding/json"
	"errors"
)

// Aside is a part of the answer that no verdict rests on. Where the registry writes it otherwise than its schema
// says, all else is still read, in this part and around it.
type Aside[T any] struct {
	Value  T
	Unread string // the first field in it that has another type than published; "." is the part itself
}

// UnmarshalJSON reads what can be read, and fails on nothing that is JSON.
func (a *Aside[T]) UnmarshalJSON(data []byte) error {
	err := json.Unmarshal(data, &a.Value)
	if mismatch, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		a.Unread = "."
		if mismatch.Field != "" {
			a.Unread = mismatch.Field
		}
		return nil
	}
	return err
}

// MarshalJSON writes the part as the registry would.
func (a Aside[T]) MarshalJSON() ([]byte, error) { return json.Marshal(a.Value) }
