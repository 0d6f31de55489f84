package pgtest_test

import (
	"bytes"
	"context"
	"database/sql"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"sluss/postgres"
	"sluss/postgres/pgtest"
)

func open(t testing.TB, url string) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func exec1(t testing.TB, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func count(t testing.TB, db *sql.DB, query string) int {
	t.Helper()
	var n int
	if err := db.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

func TestDatabasesAreApartAndDropped(t *testing.T) {
	keeper := open(t, pgtest.Database(t))
	const ours = "select count(*) from pg_database where datname like 'sluss_test_%'"
	before := count(t, keeper, ours)
	t.Run("two", func(t *testing.T) {
		a, b := open(t, pgtest.Database(t)), open(t, pgtest.Database(t))
		exec1(t, a, "create table waste (code text)")
		exec1(t, b, "create table waste (code text)") // would clash in the same database
		if got := count(t, keeper, ours); got < before+2 {
			t.Errorf("%d databases, want at least %d", got, before+2)
		}
	})
	if os.Getenv("SLUSS_TEST_DATABASE_URL") == "" { // else others may come and go
		if got := count(t, keeper, ours); got != before {
			t.Errorf("%d databases after the test, %d before", got, before)
		}
	}
}

var prepared int

var template = pgtest.NewTemplate(func(ctx context.Context, url string) error {
	prepared++
	db, err := sql.Open("postgres", url)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, "create table waste (code text); insert into waste values ('200121*')")
	return err
})

func TestTemplateIsPreparedOnce(t *testing.T) {
	for range 3 {
		db := open(t, template.Database(t))
		if n := count(t, db, "select count(*) from waste"); n != 1 {
			t.Errorf("%d rows in a fresh copy, want 1", n)
		}
		exec1(t, db, "insert into waste values ('160601*')")
	}
	if prepared != 1 && os.Getenv("SLUSS_TEST_DATABASE_URL") == "" {
		t.Errorf("prepared %d times, want once", prepared)
	}
}

// inner runs one test of this file in a process of its own.
func inner(t *testing.T, name string, env ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+name+"$", "-test.v")
	cmd.Env = append(os.Environ(), env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return out.String(), err
}

func TestNothingIsLeftBehind(t *testing.T) {
	tmp, err := postgres.ThrowawayDir()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(tmp) })
	out, err := inner(t, "TestTemplateIsPreparedOnce", "TMPDIR="+tmp, "SLUSS_TEST_DATABASE_URL=")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if strings.Contains(out, "--- SKIP") {
		t.Skip(out)
	}
	deadline := time.Now().Add(20 * time.Second)
	for {
		left, err := os.ReadDir(tmp)
		if err != nil {
			t.Fatal(err)
		}
		if len(left) == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("left in the folder of temporary files: %v", left)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func TestWithoutPostgres(t *testing.T) {
	for _, test := range []struct{ ci, want string }{
		{"", "--- SKIP: TestTemplateIsPreparedOnce"},
		{"true", "--- FAIL: TestTemplateIsPreparedOnce"},
	} {
		out, err := inner(t, "TestTemplateIsPreparedOnce", "SLUSS_TEST_DATABASE_URL=", "PG_BIN="+t.TempDir(), "CI="+test.ci)
		if (err != nil) != (test.ci != "") || !strings.Contains(out, test.want) || !strings.Contains(out, "PG_BIN") {
			t.Errorf("CI=%q: want %q and what to do; got %v:\n%s", test.ci, test.want, err, out)
		}
	}
}

func BenchmarkTemplateCopy(b *testing.B) {
	template.Database(b) // starts the server and prepares the template
	for b.Loop() {
		template.Database(b)
	}
}
