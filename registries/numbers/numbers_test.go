package numbers

import (
	"errors"
	"testing"
)

// known is one number, as it is written, and what it is in plain form; or what is
// wrong with it.
type known struct {
	written, plain string
	wrong          error
	source         string
}

func check(t *testing.T, read func(string) (string, error), table []known) {
	t.Helper()
	for _, k := range table {
		plain, err := read(k.written)
		if plain != k.plain || !errors.Is(err, k.wrong) || (err == nil) != (k.wrong == nil) {
			t.Errorf("%q (%s): %q, %v; want %q, %v", k.written, k.source, plain, err, k.plain, k.wrong)
		}
		if err == nil {
			if again, err := read(plain); again != plain || err != nil {
				t.Errorf("%q: its plain form %q becomes %q, %v", k.written, plain, again, err)
			}
		}
	}
}

func TestSwedish(t *testing.T) {
	check(t, Swedish, []known{
		{"5560360793", "5560360793", nil, "Saab AB"},
		{"202100-5448", "2021005448", nil, "Skatteverket"},
		{" 556036 0793 ", "5560360793", nil, "grouped by a blank"},
		{"556036\u00a00793", "5560360793", nil, "grouped by a blank that does not break"},
		{"165560360793", "5560360793", nil, "SKV 709: 16 stands before an organisation's"},
		{"16556036-0793", "5560360793", nil, "the same with hyphen"},
		{"121212-1212", "1212121212", nil, "the tax agency's specimen person"},
		{"19121212-1212", "1212121212", nil, "with the century"},
		{"121212+1212", "1212121212", nil, "a hundred years old and more: folkbokföringslagen § 18"},
		{"701063-2391", "7010632391", nil, "SKV 707: specimen of a samordningsnummer"},
		{"5560360794", "", ErrCheck, "one digit off"},
		{"5560630793", "", ErrCheck, "two digits swapped"},
		{"0000000000", "", ErrZero, "Luhn's sum fits, and it is nobody's"},
		{"5513361007", "", ErrCheck, "third digit 1, and Luhn"},
		{"551336100", "", ErrForm, "nine digits"},
		{"55603607933", "", ErrForm, "eleven digits"},
		{"5513361005", "", ErrForm, "third digit 1: neither organisation nor a month"},
		{"9901321233", "", ErrForm, "a person's with day 32"},
		{"SE556036079301", "", ErrForm, "a VAT number"},
		{"5,56E+09", "", ErrRounded, "as Excel shows a long number"},
		{"5.56036E+09", "", ErrRounded, "the same in English"},
		{"556036O793", "", ErrForm, "the letter O"},
		{"５５６０３６０７９３", "", ErrForm, "full-width digits"},
		{"", "", ErrForm, "nothing"},
	})
}

func TestNorwegian(t *testing.T) {
	check(t, Norwegian, []known{
		{"974760673", "974760673", nil, "Brønnøysundregistrene"},
		{"974 760 673", "974760673", nil, "as it is printed"},
		{"974760674", "", ErrCheck, "one digit off"},
		{"974767063", "", ErrCheck, "two digits swapped"},
		{"000000000", "", ErrZero, "the sum fits, and it is nobody's"},
		{"97476067", "", ErrForm, "eight digits"},
		{"NO974760673", "", ErrForm, "a VAT number"},
		{"9,7476E+08", "", ErrRounded, "as Excel shows it"},
	})
}

func TestSIRET(t *testing.T) {
	check(t, func(s string) (string, error) { return SIRET(s, false) }, []known{
		{"73282932000074", "73282932000074", nil, "INSEE's specimen"},
		{"732 829 320 00074", "73282932000074", nil, "as it is printed"},
		{"73282932000075", "", ErrCheck, "one digit off"},
		{"00000000000000", "", ErrZero, "MTES-MCT/trackdechets, isSiret"},
		{"7328293200007", "", ErrForm, "thirteen digits"},
		{"7328293200007x", "", ErrForm, "a letter"},
		{"35600000000048", "35600000000048", nil, "La Poste's head office"},
		{"35600000049837", "35600000049837", nil, "La Poste: the sum of the digits is divisible by 5"},
		{"35600000049836", "", ErrCheck, "La Poste, one digit off"},
		{"11111111192062", "11111111192062", nil, "isSiret takes it"},
		{"00000000283367", "", ErrCheck, "a test company, where none are taken"},
		{"7,32829E+13", "", ErrRounded, "as Excel shows it"},
		{"", "", ErrForm, "nothing"},
	})
	check(t, func(s string) (string, error) { return SIRET(s, true) }, []known{
		{"00000000283367", "00000000283367", nil, "a test company of Trackdéchets' sandbox"},
		{"000 000 002 83366", "00000000283366", nil, "the same, as it is printed"},
		{"00000100000001", "", ErrCheck, "five zeros are not six"},
		{"00000000000000", "", ErrZero, "also in the sandbox"},
	})
}

func TestVAT(t *testing.T) {
	const vies = "VIES, structure of VAT identification numbers"
	check(t, VAT, []known{
		{"BE0428759497", "BE0428759497", nil, vies},
		{"BE 0428.759.497", "BE0428759497", nil, "as it is printed"},
		{"BE0428759498", "", ErrCheck, vies},
		{"DE136695976", "DE136695976", nil, vies},
		{"DE036695976", "", ErrForm, vies},
		{"DK13585628", "DK13585628", nil, vies},
		{"DK13585627", "", ErrCheck, vies},
		{"FI20774740", "FI20774740", nil, vies},
		{"FI20774741", "", ErrCheck, vies},
		{"IT00743110157", "IT00743110157", nil, vies},
		{"IT00743110158", "", ErrCheck, vies},
		{"LU15027442", "LU15027442", nil, vies},
		{"LU15027443", "", ErrCheck, vies},
		{"LU1", "", ErrForm, vies},
		{"PL8567346215", "PL8567346215", nil, vies},
		{"PL8567346216", "", ErrCheck, vies},
		{"SE556188840401", "SE556188840401", nil, vies},
		{"SE556188840501", "", ErrCheck, vies},
		{"SE556188840402", "", ErrForm, "ends on 01"},
		{"NL004495445B01", "NL004495445B01", nil, vies},
		{"NL00449544501", "", ErrForm, vies},
		{"IE8D79739I", "IE8D79739I", nil, vies},
		{"EL094259216", "EL094259216", nil, vies},
		{"GR094259216", "", ErrForm, "Greece is EL"},
		{"FR40303265045", "FR40303265045", nil, vies},
		{"FR40000000029", "FR40000000029", nil, "a test company's: the key is not looked at"},
		{"NO974760673", "NO974760673", nil, "Skatteetaten"},
		{"NO974760673MVA", "NO974760673MVA", nil, "Skatteetaten"},
		{"NO974760674", "", ErrCheck, "one digit off"},
		{"DE000000000", "", ErrForm, "does not begin with a zero"},
		{"DK00000000", "", ErrZero, "the weighted sum fits"},
		{"SE000000000001", "", ErrZero, "Luhn's sum fits"},
		{"XX123456", "", ErrForm, "there is no such country"},
		{"CHE123456788", "CHE123456788", nil, "of a country whose form is not known here"},
		{"GB123456789", "GB123456789", nil, "HMRC"},
		{"gb 123 4567 89", "GB123456789", nil, "as it is printed"},
		{"XIHA599", "XIHA599", nil, "HMRC"},
		{"GB12345678", "", ErrForm, "HMRC"},
		{"CHE123456789", "CHE123456789", nil, "a form that is not known here"},
		{"CHE-123.456.789", "CHE123456789", nil, "as it is printed"},
		{"1234", "", ErrForm, "no prefix"},
		{"", "", ErrForm, "nothing"},
		{"DEUTSCHLAND", "", ErrForm, "no digit"},
		{"1,23E+08", "", ErrRounded, "as Excel shows it"},
	})
	for vat, want := range map[string]bool{"FR40303265045": true, "FR41303265045": false, "FRK7399859412": false, "DE136695976": false, "FR": false} {
		if IsFrenchVAT(vat) != want {
			t.Errorf("%s: %v", vat, !want)
		}
	}
}

func TestInUnion(t *testing.T) {
	for country, want := range map[string]bool{"SE": true, "FR": true, "GR": true, "HR": true, "EL": false, "GB": false, "NO": false, "CH": false, "": false} {
		if InUnion(country) != want {
			t.Errorf("%s: %v", country, !want)
		}
	}
}

func TestShip(t *testing.T) {
	check(t, Ship, []known{
		{"OMI9074729", "OMI9074729", nil, "IMO's specimen"},
		{"IMO 9074729", "OMI9074729", nil, "in English"},
		{"omi-9074729", "OMI9074729", nil, "with hyphen"},
		{"OMI9074728", "", ErrCheck, "one digit off"},
		{"OMI0000000", "", ErrZero, "the sum fits, and it is nobody's"},
		{"9074729", "", ErrForm, "no prefix"},
		{"OMI907472", "", ErrForm, "six digits"},
		{"", "", ErrForm, "nothing"},
	})
}

func TestCFAR(t *testing.T) {
	check(t, CFAR, []known{
		{"12345678", "12345678", nil, "NFS 2020:5: eight digits"},
		{"1234 5678", "12345678", nil, "grouped"},
		{"1234567", "", ErrForm, "seven"},
		{"00000000", "", ErrZero, "nobody's"},
		{"SAKNAS", "", ErrForm, "a word of the registry's, no number"},
	})
}

func TestCompanyKnowsTheCountriesNumbers(t *testing.T) {
	for country, written := range map[string]string{"SE": "556036-0793", "NO": "974 760 673", "FR": "00000000283366", "DE": "DE136695976", "PA": "PA123456"} {
		if _, err := Company(country, written); err != nil {
			t.Errorf("%s: %v", country, err)
		}
	}
	for country, written := range map[string]string{"SE": "974760673", "NO": "5560360793", "FR": "FR40303265045", "DE": "5560360793"} {
		if plain, err := Company(country, written); err == nil {
			t.Errorf("%s: %s", country, plain)
		}
	}
}
