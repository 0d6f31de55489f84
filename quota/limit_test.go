package quota

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestParseLimit(t *testing.T) {
	for text, want := range map[string]Limit{
		"1000/1m":                 {Calls: 1000, Per: time.Minute},
		" 100 / 5s ":              {Calls: 100, Per: 5 * time.Second},
		"1/1.5h":                  {Calls: 1, Per: 90 * time.Minute},
		"50000/day Europe/Oslo":   {Calls: 50000, Day: zone(t, "Europe/Oslo")},
		" 5 / day  Europe/Paris ": {Calls: 5, Day: zone(t, "Europe/Paris")},
	} {
		got, err := ParseLimit(text)
		if err != nil || got.String() != want.String() {
			t.Errorf("%q: %v, %v, want %v", text, got, err, want)
		}
		if err := got.Check(); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestParseLimitFaults(t *testing.T) {
	for text, want := range map[string][]string{
		"":                          {`limit "": want CALLS/WINDOW`},
		"1000":                      {"want CALLS/WINDOW"},
		"1000/":                     {`"" is not a window`},
		"many/1m":                   {`"many" is not a number of calls`},
		"99999999999999999999/1m":   {"the most is"},
		"0/10ms":                    {"0 calls: a limit allows at least 1", "a window of 10ms: the shortest is 1s"},
		"x/fortnight":               {`"x" is not a number`, `"fortnight" is not a window`},
		"1/-1m":                     {"a window of -1m0s"},
		"5/day":                     {"whose day?"},
		"-5/day Europe/Atlantis":    {"-5 calls", `"Europe/Atlantis" is not a time zone`},
		"5/day Local":               {`"Local" is not a time zone`},
		"5/day ../../../etc/passwd": {"is not a time zone"},
	} {
		_, err := ParseLimit(text)
		for _, part := range want {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("%q: %v, want %q in it", text, err, part)
			}
		}
	}
}

func TestParseLimits(t *testing.T) {
	limits, err := ParseLimits("50000/day Europe/Oslo, 3000/1m")
	if err != nil || len(limits) != 2 || limits[0].String() != "50000/day Europe/Oslo" || limits[1].String() != "3000/1m" {
		t.Errorf("%v, %v", limits, err)
	}
	if _, err := ParseLimits("many/1m, 5/fortnight"); err == nil || !strings.Contains(err.Error(), "many") || !strings.Contains(err.Error(), "fortnight") {
		t.Errorf("%v, want both faults", err)
	}
}

func TestCheck(t *testing.T) {
	oslo := zone(t, "Europe/Oslo")
	for want, l := range map[string]Limit{
		"0 calls: a limit allows at least 1; no window":                      {},
		"-1 calls: a limit allows at least 1; a window of 1ms: the shortest": {Calls: -1, Per: time.Millisecond},
		"both a window and a day":                                            {Calls: 1, Per: time.Minute, Day: oslo},
		"the machine's own time zone":                                        {Calls: 1, Day: time.Local},
	} {
		if err := l.Check(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v: %v, want %q", l, err, want)
		}
		if _, err := json.Marshal(l); err == nil {
			t.Errorf("%v was written as JSON", l)
		}
	}
}

func TestLimitsInSettings(t *testing.T) {
	const text = `["1000/1m","100/5s","50000/day Europe/Oslo"]`
	var limits []Limit
	if err := json.Unmarshal([]byte(text), &limits); err != nil {
		t.Fatal(err)
	}
	back, err := json.Marshal(limits)
	if err != nil || string(back) != text {
		t.Errorf("got %s, %v, want %s", back, err, text)
	}
}

var zones = []string{
	"UTC", "Europe/Oslo", "Europe/Paris", "Asia/Kathmandu", "Australia/Lord_Howe", // half an hour of summer time
	"America/Havana", "Asia/Beirut", "America/Santiago", "America/Sao_Paulo", "Africa/Cairo", // change at midnight
	"Pacific/Apia", // skipped a day
}

func anyLimit(t *rapid.T) Limit {
	l := Limit{Calls: rapid.IntRange(1, 8).Draw(t, "calls")}
	if rapid.Bool().Draw(t, "day") {
		name := rapid.SampledFrom(zones).Draw(t, "zone")
		z, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		l.Day = z
		return l
	}
	l.Per = time.Duration(rapid.OneOf(
		rapid.Int64Range(int64(time.Second), int64(3*time.Minute)),
		rapid.SampledFrom([]int64{int64(time.Second), int64(time.Minute), int64(time.Hour), int64(36 * time.Hour)}),
	).Draw(t, "per"))
	return l
}

func TestLimitRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := anyLimit(t)
		got, err := ParseLimit(l.String())
		if err != nil || got.Calls != l.Calls || got.Per != l.Per || (got.Day == nil) != (l.Day == nil) || got.String() != l.String() {
			t.Fatalf("%#v is written %q and read %#v, %v", l, l, got, err)
		}
	})
}

func FuzzParseLimit(f *testing.F) {
	for _, seed := range []string{"1000/1m", "50000/day Europe/Oslo", "1/", "/", "1/day ", "9/1e9h"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l, err := ParseLimit(text)
		if err != nil {
			return
		}
		if err := l.Check(); err != nil {
			t.Errorf("%q was read as %v, which is wrong: %v", text, l, err)
		}
		if again, err := ParseLimit(l.String()); err != nil || again.String() != l.String() {
			t.Errorf("%q is written %q and read %v, %v", text, l, again, err)
		}
	})
}
