package ledger

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/jmoiron/sqlx"
	"github.com/jmoiron/sqlx/reflectx"
)

// many returns all rows of a query, or an empty list. Errors begin with what.
func many[T any](ctx context.Context, l *Ledger, what, query string, args ...any) ([]T, error) {
	list := []T{}
	if err := l.db.SelectContext(ctx, &list, query, args...); err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return list, nil
}

// one returns the first row of a query; false if there is none.
func one[T any](ctx context.Context, l *Ledger, what, query string, args ...any) (row T, found bool, err error) {
	err = l.db.GetContext(ctx, &row, query, args...)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return row, false, nil
	case err != nil:
		return row, false, fmt.Errorf("%s: %w", what, err)
	}
	return row, true, nil
}

// write executes a statement.
func (l *Ledger) write(ctx context.Context, what, query string, args ...any) error {
	if _, err := l.db.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

func readFirst(ctx context.Context, from sqlx.QueryerContext, row any, query string, args []any) error {
	rows, err := from.QueryxContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		return cmp.Or(rows.Err(), sql.ErrNoRows)
	}
	if err := scan(rows, reflect.ValueOf(row).Elem()); err != nil {
		return err
	}
	return rows.Close() //nolint:sqlclosecheck // it is deferred too; here it has the error of the commit, which follows the row
}

func readAll(ctx context.Context, from sqlx.QueryerContext, list any, query string, args []any) error {
	rows, err := from.QueryxContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	into := reflect.ValueOf(list).Elem()
	for rows.Next() {
		row := reflect.New(into.Type().Elem()).Elem()
		if err := scan(rows, row); err != nil {
			return err
		}
		into.Set(reflect.Append(into, row))
	}
	return rows.Err()
}

// columns finds fields by the names of columns: next_due is NextDue, and
// "exchange.status" the Status of Exchange.
var columns = reflectx.NewMapperFunc("db", snake)

func snake(field string) string {
	var name []rune
	letters := []rune(field)
	for i, r := range letters {
		starts := i > 0 && unicode.IsUpper(r) && (unicode.IsLower(letters[i-1]) || i+1 < len(letters) && unicode.IsLower(letters[i+1]))
		if starts {
			name = append(name, '_')
		}
		name = append(name, unicode.ToLower(r))
	}
	return string(name)
}

// scan reads a row into a struct by the names of its fields, or its only column
// into a value.
func scan(rows *sqlx.Rows, into reflect.Value) error {
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	cells := make([]any, len(names))
	if _, scans := reflect.TypeAssert[sql.Scanner](into.Addr()); scans || into.Kind() != reflect.Struct {
		cells[0] = &cell{into}
		return rows.Scan(cells...)
	}
	for i, path := range columns.TraversalsByName(into.Type(), names) {
		if len(path) == 0 {
			return fmt.Errorf("%s has no field for the column %s", into.Type(), names[i])
		}
		cells[i] = &cell{reflectx.FieldByIndexes(into, path)}
	}
	return rows.Scan(cells...)
}

// cell is a value of a row. Null is the zero value, a time is in UTC, and what is
// not as simple is JSON.
type cell struct{ into reflect.Value }

// Scan reads the column.
func (c *cell) Scan(column any) error {
	into := c.into
	if scanner, scans := reflect.TypeAssert[sql.Scanner](into.Addr()); scans {
		return scanner.Scan(column)
	}
	into.SetZero()
	switch value := column.(type) {
	case nil:
		return nil
	case time.Time:
		into.Set(reflect.ValueOf(value.UTC()))
	case bool:
		into.SetBool(value)
	case int64:
		if into.Kind() == reflect.Pointer {
			into.Set(reflect.New(into.Type().Elem()))
			into = into.Elem()
		}
		into.SetInt(value)
	case float64:
		into.SetFloat(value)
	case string:
		return c.text([]byte(value))
	case []byte:
		return c.text(value)
	default:
		return fmt.Errorf("a column holds %T", column)
	}
	return nil
}

func (c *cell) text(data []byte) error {
	switch pointer := c.into.Addr().Interface().(type) {
	case *[]byte:
		*pointer = bytes.Clone(data)
		return nil
	case json.Unmarshaler:
		return pointer.UnmarshalJSON(data)
	}
	switch c.into.Kind() {
	case reflect.String:
		c.into.SetString(string(data))
	case reflect.Int, reflect.Int64:
		number, err := strconv.ParseInt(string(data), 10, 64)
		c.into.SetInt(number)
		return err
	default:
		return json.Unmarshal(data, c.into.Addr().Interface())
	}
	return nil
}

// jsonb is a value on its way into a column of type jsonb. A nil pointer or slice
// is null.
func jsonb(value any) driver.Valuer { return document{value} }

type document struct{ value any }

// Value is the JSON text, in which U+FFFD replaces the one character that PostgreSQL cannot hold.
func (d document) Value() (driver.Value, error) {
	data, err := json.Marshal(d.value)
	if err != nil {
		return nil, err
	}
	if string(data) == "null" {
		return nil, nil
	}
	return string(withoutNUL(data)), nil
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

// clean is text as PostgreSQL can hold it.
func clean(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}
