package numbers

import (
	"errors"
	"testing"
)

func TestPlates(t *testing.T) {
	for _, test := range []struct {
		country, written string
		want             error
	}{
		{"SE", "ABC12A", nil},
		{"SE", "abc 123", nil},
		{"SE", "ABCD123", ErrUnusual},
		{"SE", "GRIS", ErrUnusual},
		{"SE", "AB-123-CD", ErrUnusual},
		{"FR", "AB-123-CD", nil},
		{"FR", "WW 123 AB", nil},
		{"FR", "1234 AB 2A", nil},
		{"FR", "ABC12A", ErrUnusual},
		{"NO", "TS 10003", nil},
		{"NO", "TS1004", nil},
		{"NO", "NORGE", ErrUnusual},
		{"NO", "AB-123-CD", ErrUnusual},
		{"DE", "HH-AB 1234", nil},
		{"DE", "M-Ü 1E", nil},
		{"DE", "1234", ErrUnusual},
		{"DK", "AB 12 345", nil},
		{"FI", "ABC-123", nil},
		{"PL", "WX 12345", nil},
		{"PL", "WARSZAWA", ErrUnusual},
		{"SE", "ABC12A, DEF34B", ErrForm},
		{"PL", "?", ErrForm},
		{"SE", "", ErrForm},
		{"BE", "1-ABC-234/5", ErrForm},
	} {
		if err := IsPlate(test.country, test.written); !errors.Is(err, test.want) || (err == nil) != (test.want == nil) {
			t.Errorf("%s %q: %v, want %v", test.country, test.written, err, test.want)
		}
	}
}

func TestCountries(t *testing.T) {
	for code, want := range map[string]bool{"SE": true, "FR": true, "GR": true, "ME": true, "XX": false, "XK": false, "EU": false, "UK": false, "EL": false, "AN": false, "se": false, "": false} {
		if IsCountry(code) != want {
			t.Errorf("%q: %t", code, !want)
		}
	}
	if len(assigned) != 249 {
		t.Errorf("there are %d codes", len(assigned))
	}
	for _, test := range []struct {
		country, vat string
		want         bool
	}{{"SE", "SE556188840401", true}, {"GR", "EL123456789", true}, {"MC", "FR40303265045", true}, {"GB", "XI123456789", true}, {"DE", "BE0428759497", false}} {
		if IsVATOf(test.country, test.vat) != test.want {
			t.Errorf("%s of %s: %t", test.vat, test.country, !test.want)
		}
	}
}
