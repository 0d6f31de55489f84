package ledger

import (
	"bytes"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"
)

// document is a value that is one JSON document in a column. A null is the
// zero value, and the other way around only for nil pointers and slices.
type document[T any] struct{ value T }

// jsonb is a value on its way into a column of type jsonb.
func jsonb[T any](value T) document[T] { return document[T]{value} }

// Value is the JSON text, in which U+FFFD stands for the one character that
// PostgreSQL cannot hold.
func (d document[T]) Value() (driver.Value, error) {
	data, err := json.Marshal(d.value)
	if err != nil {
		return nil, err
	}
	if string(data) == "null" {
		return nil, nil
	}
	return string(withoutNUL(data)), nil
}

// Scan reads the column.
func (d *document[T]) Scan(column any) error {
	var zero T
	d.value = zero
	switch data := column.(type) {
	case nil:
		return nil
	case []byte:
		return json.Unmarshal(data, &d.value)
	case string:
		return json.Unmarshal([]byte(data), &d.value)
	default:
		return fmt.Errorf("a JSON column holds %T", column)
	}
}

// withoutNUL replaces the escape of U+0000 in a JSON text.
func withoutNUL(data []byte) []byte {
	if !bytes.Contains(data, []byte(`\u0000`)) {
		return data
	}
	for i := 0; i < len(data)-1; i++ {
		if data[i] != '\\' {
			continue
		}
		if bytes.HasPrefix(data[i:], []byte(`\u0000`)) {
			copy(data[i+2:], "fffd")
		}
		i++ // what follows a backslash is escaped, another backslash too
	}
	return data
}

// moment is a time on its way into a column that is null for the zero time.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// optional is a time from such a column.
type optional struct{ time.Time }

// Scan reads the column.
func (o *optional) Scan(column any) error {
	switch t := column.(type) {
	case nil:
		o.Time = time.Time{}
	case time.Time:
		o.Time = t.UTC()
	default:
		return fmt.Errorf("a time column holds %T", column)
	}
	return nil
}
