package sluss_test

import (
	"testing"
	"time"

	"sluss"
)

func TestAClockShowsATimeOnceTwiceOrNever(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	for wall, want := range map[string]struct {
		one, other string
		once       bool
	}{
		"2026-11-23T08:00:00": {"2026-11-23T08:00:00+01:00", "2026-11-23T08:00:00+01:00", true},
		"2026-10-25T02:30:00": {"2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00", false},
		"2026-10-25T03:00:00": {"2026-10-25T03:00:00+01:00", "2026-10-25T03:00:00+01:00", true},
		"2026-10-25T01:59:59": {"2026-10-25T01:59:59+02:00", "2026-10-25T01:59:59+02:00", true},
		"2026-03-29T02:30:00": {"2026-03-29T02:30:00+02:00", "2026-03-29T02:30:00+01:00", false},
		"2026-03-29T03:00:00": {"2026-03-29T03:00:00+02:00", "2026-03-29T03:00:00+02:00", true},
	} {
		at, err := time.Parse("2006-01-02T15:04:05", wall)
		if err != nil {
			t.Fatal(err)
		}
		one, other, once := sluss.WallTime(at, paris)
		if one.Format(time.RFC3339) != want.one || other.Format(time.RFC3339) != want.other || once != want.once {
			t.Errorf("%s: %s, %s, %t", wall, one.Format(time.RFC3339), other.Format(time.RFC3339), once)
		}
	}
}
