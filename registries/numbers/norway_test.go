package numbers

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestNorwegianPlate(t *testing.T) {
	tests := []struct{ name, written, want, wrong string }{
		{"lorry", "CU10149", "CU10149", ""},
		{"as the registry answers it", "CU 10149", "CU10149", ""},
		{"small letters", "cu10149", "CU10149", ""},
		{"hyphen", "cu-10149", "CU10149", ""},
		{"dash and no-break space", "CU–10\u00a0149", "CU10149", ""},
		{"trailer", " TS 1004 ", "TS1004", ""},
		{"personal, Norwegian letters", "blå bær", "BLÅBÆR", ""},
		{"personal, Ø", "ø1", "Ø1", ""},
		{"Å of two characters", "bla\u030A", "BLÅ", ""},
		{"Å as Ångström", "bl\u212B", "BLÅ", ""},
		{"veteran, digits only", "12345", "12345", ""},
		{"shortest", "A1", "A1", ""},
		{"longest", "ABCDEFG", "ABCDEFG", ""},
		{"empty", "", "", "it has 0 characters without spaces and hyphens: give 2 to 7"},
		{"spaces only", " - ", "", "it has 0 characters"},
		{"too short", "A", "", "it has 1 characters"},
		{"too long", "ABCD 1234", "", "it has 8 characters"},
		{"foreign letter", "BLÄ1", "", "character 3, 'Ä', is none of A-Z, Æ, Ø, Å, 0-9"},
		{"a letter whose capital is ASCII", "ı1", "", "character 1, 'ı'"},
		{"two faults", "A.B/CDEFGH", "", "character 4, '/'"},
		{"two faults, and the length", "A.B/CDEFGH", "", "it has 10 characters"},
		{"Cyrillic look-alike", "АВ12345", "", "character 1, 'А'"},
		{"not text", "\xff\xfe", "", "character 1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := NorwegianPlate(test.written)
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			checkError(t, err, test.wrong)
		})
	}
}

func TestNorwegianChassis(t *testing.T) {
	tests := []struct{ name, written, want, wrong string }{
		{"17 characters", "yv2ag20c0ea761234", "YV2AG20C0EA761234", ""},
		{"short and old", "4711", "4711", ""},
		{"one digit", "1", "1", ""},
		{"spaces and hyphens", "12-34 56", "123456", ""},
		{"longest", strings.Repeat("9", 19), strings.Repeat("9", 19), ""},
		{"too long", strings.Repeat("9", 20), "", "it has 20 characters without spaces and hyphens: give 1 to 19"},
		{"empty", "", "", "it has 0 characters"},
		{"Norwegian letter", "ÆB1", "", "character 1, 'Æ', is none of A-Z, 0-9"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := NorwegianChassis(test.written)
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			checkError(t, err, test.wrong)
		})
	}
}

func checkError(t *testing.T, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("refused: %v", err)
	case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
		t.Errorf("got the error %v, want one with %q", err, want)
	}
}

func TestErrorDoesNotTellThePlate(t *testing.T) {
	if _, err := NorwegianPlate("CU10149X"); err == nil || strings.Contains(err.Error(), "10149") {
		t.Errorf("got %v", err)
	}
}

func FuzzNorwegianPlate(f *testing.F) {
	for _, seed := range []string{"CU10149", "cu 10-149", "blå bær", "bla\u030A", "", "ı1", "\xff", "TS1004", "ABCDEFGH", "Ⅷ12", "\u212B\u212B"} {
		f.Add(seed)
	}
	plateForm := regexp.MustCompile(`^[A-ZÆØÅ0-9]{2,7}$`)
	chassisForm := regexp.MustCompile(`^[A-Z0-9]{1,19}$`)
	f.Fuzz(func(t *testing.T, written string) {
		plate, err := NorwegianPlate(written)
		switch {
		case err != nil && plate != "":
			t.Errorf("%q: both %q and an error", written, plate)
		case err == nil && !plateForm.MatchString(plate):
			t.Errorf("%q: %q is not in form", written, plate)
		case err == nil:
			if again, err := NorwegianPlate(plate); err != nil || again != plate {
				t.Errorf("%q: %q becomes %q, %v", written, plate, again, err)
			}
		case !utf8.ValidString(err.Error()) || len(err.Error()) > 2000:
			t.Errorf("%q: unfit error text %q", written, err)
		}
		chassis, err := NorwegianChassis(written)
		if (err == nil) != chassisForm.MatchString(chassis) {
			t.Errorf("%q: chassis number %q, %v", written, chassis, err)
		}
		if again, wrong := NorwegianChassis(chassis); err == nil && (wrong != nil || again != chassis) {
			t.Errorf("%q: %q becomes %q, %v", written, chassis, again, wrong)
		}
	})
}
