package autosys_test

import (
	"bytes"
	"net/http"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"sluss/registries/autosys"
)

const withheld = "OPPLYSNINGER_IKKE_TILGJENGELIGE"

func TestClassify(t *testing.T) {
	one := []autosys.Vehicle{{ID: autosys.VehicleID{Plate: "CU 10149"}}}
	const oneBody = `{"kjoretoydataListe":[{"kjoretoyId":{"kjennemerke":"CU 10149"}}]}`
	unreadable := func(reason string) autosys.Answer {
		return autosys.Unavailable{Status: 200, Reason: reason}
	}
	tests := []struct {
		name       string
		status     int
		retryAfter string
		body       string
		want       autosys.Answer
	}{
		{"one hit", 200, "", oneBody, autosys.Found{Vehicles: one}},
		{"one hit, white space around", 200, "", "\n " + oneBody + "\n", autosys.Found{Vehicles: one}},
		{"several hits", 200, "", `{"kjoretoydataListe":[{"kjoretoyId":{"kjennemerke":"CU 10149"}},{}]}`, autosys.Found{Vehicles: append(one, autosys.Vehicle{})}},
		{"a hit and a message", 200, "", `{"feilmelding":"X","kjoretoydataListe":[{}]}`, autosys.Found{Vehicles: []autosys.Vehicle{{}}, Message: "X"}},
		{"a hit and the code for withheld", 200, "", `{"feilmelding":"` + withheld + `","kjoretoydataListe":[{}]}`, autosys.Found{Vehicles: []autosys.Vehicle{{}}, Message: withheld}},
		{"unknown fields", 200, "", `{"ny":{"a":[1]},"kjoretoydataListe":[{"kjoretoyId":{"kjennemerke":"CU 10149","ny":3}}]}`, autosys.Found{Vehicles: one}},

		{"204", 204, "", "", autosys.NotFound{Status: 204}},
		{"empty list", 200, "", `{"kjoretoydataListe":[]}`, autosys.NotFound{Status: 200}},
		{"neither list nor message", 200, "", `{}`, autosys.Unclear{}},
		{"nulls", 200, "", `{"feilmelding":null,"kjoretoydataListe":null}`, autosys.Unclear{}},
		{"404", 404, "", "<html>", autosys.NotFound{Status: 404}},

		{"withheld", 200, "", `{"feilmelding":"` + withheld + `"}`, autosys.Withheld{Code: withheld}},
		{"withheld, empty list", 200, "", `{"feilmelding":"` + withheld + `","kjoretoydataListe":[]}`, autosys.Withheld{Code: withheld}},
		{"withheld as text", 200, "", withheld, autosys.Withheld{Code: withheld}},
		{"withheld as text with line end", 200, "", withheld + "\r\n", autosys.Withheld{Code: withheld}},
		{"withheld as a JSON string", 200, "", `"` + withheld + `"`, autosys.Withheld{Code: withheld}},
		{"withheld as text on 404", 404, "", withheld, autosys.Withheld{Code: withheld}},
		{"withheld as JSON on 403", 403, "", `{"feilmelding":"` + withheld + `"}`, autosys.Withheld{Code: withheld}},
		{"withheld as text on 500", 500, "", withheld, autosys.Withheld{Code: withheld}},
		{"the bulk query's code", 200, "", `{"feilmelding":"OPPLYSNINGER_UTILGJENGELIG"}`, autosys.Withheld{Code: "OPPLYSNINGER_UTILGJENGELIG"}},
		{"unknown code", 200, "", `{"feilmelding":"NOE NYTT"}`, autosys.Unclear{Code: "NOE NYTT"}},
		{"unknown code as text", 200, "", "NOE_NYTT_2", autosys.Unclear{Code: "NOE_NYTT_2"}},
		{"the service fails", 200, "", `{"feilmelding":"TEKNISK_FEIL"}`, autosys.Unavailable{Status: 200, Reason: "the registry says that its service is not available"}},
		{"the service fails, text", 200, "60", "TJENESTE_IKKE_TILGJENGELIG", autosys.Unavailable{
			Status: 200, Reason: "the registry says that its service is not available", RetryAfter: autosys.RetryAfter{Wait: time.Minute},
		}},
		{"unknown code as text on 500", 500, "", "NOE_NYTT", autosys.Unavailable{Status: 500, Reason: "the registry answered with status 500 Internal Server Error"}},

		{"400", 400, "", "", autosys.BadRequest{}},
		{"400 with text", 400, "", "ugyldig\r\n\tkjennemerke\x00", autosys.BadRequest{Detail: "ugyldig kjennemerke"}},
		{"400 with a long text", 400, "", strings.Repeat("å", 300), autosys.BadRequest{Detail: strings.Repeat("å", 200)}},
		{"401", 401, "", "", autosys.KeyRefused{Status: 401}},
		{"403", 403, "", `{"status":403}`, autosys.KeyRefused{Status: 403}},

		{"429", 429, "", "", autosys.QuotaSpent{Status: 429}},
		{"429, seconds", 429, "120", "", autosys.QuotaSpent{Status: 429, RetryAfter: autosys.RetryAfter{Wait: 2 * time.Minute}}},
		{"422, text and date", 422, "Sun, 25 Oct 2026 23:00:00 GMT", "Antall kjoretoy i respons overstiger kvote", autosys.QuotaSpent{
			Status: 422, RetryAfter: autosys.RetryAfter{At: time.Date(2026, 10, 25, 23, 0, 0, 0, time.UTC)},
		}},
		{"422, words", 422, "etter midnatt", "", autosys.QuotaSpent{Status: 422}},
		{"422, nonsense seconds", 422, "99999999999999", "", autosys.QuotaSpent{Status: 422}},
		{"422, more than fits", 422, "99999999999999999999999", "", autosys.QuotaSpent{Status: 422}},
		{"422, negative", 422, "-5", "", autosys.QuotaSpent{Status: 422}},

		{"500", 500, "", "oops", autosys.Unavailable{Status: 500, Reason: "the registry answered with status 500 Internal Server Error"}},
		{"503 with a wait", 503, "30", "", autosys.Unavailable{
			Status: 503, Reason: "the registry answered with status 503 Service Unavailable", RetryAfter: autosys.RetryAfter{Wait: 30 * time.Second},
		}},
		{"a dead endpoint", 410, "", "", autosys.Unavailable{Status: 410, Reason: "the registry answered with status 410 Gone"}},
		{"a redirection", 302, "", "", autosys.Unavailable{Status: 302, Reason: "the registry answered with status 302 Found"}},
		{"a status of tomorrow", 299, "", oneBody, autosys.Unavailable{Status: 299, Reason: "the registry answered with status 299"}},

		{"200 without a body", 200, "", "", autosys.Unclear{}},
		{"a page", 200, "", "<html>Vedlikehold</html>", unreadable("the body is not a JSON object")},
		{"a list", 200, "", "[]", unreadable("the body is not a JSON object")},
		{"null", 200, "", "null", unreadable("the body is not a JSON object")},
		{"cut off", 200, "", oneBody[:30], unreadable("the body is not JSON, or cut off, from byte 30 of 30 on")},
		{"more behind it", 200, "", `{}{}`, unreadable("the body is not JSON, or cut off, from byte 3 of 4 on")},
		{"another type", 200, "", `{"kjoretoydataListe":"ingen"}`, unreadable("the field kjoretoydataListe has another type than []autosys.Vehicle")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			header := http.Header{}
			if test.retryAfter != "" {
				header.Set("Retry-After", test.retryAfter)
			}
			if hit, ok := test.want.(autosys.Found); ok {
				hit.Raw = []byte(strings.TrimSpace(test.body))
				test.want = hit
			}
			if got := autosys.Classify(test.status, header, []byte(test.body)); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %#v, want %#v", got, test.want)
			}
		})
	}
}

func TestReasonDoesNotQuoteTheBody(t *testing.T) {
	for _, body := range []string{`{"kjoretoydataListe":"CU 10149"}`, `{"kjoretoydataListe":CU 10149}`, `CU 10149`} {
		got, ok := autosys.Classify(200, nil, []byte(body)).(autosys.Unavailable)
		if !ok || strings.Contains(got.Reason, "10149") {
			t.Errorf("%s: %#v", body, got)
		}
	}
}

func TestRetryAfterFrom(t *testing.T) {
	answered := time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)
	later := answered.Add(time.Hour)
	tests := []struct {
		name string
		r    autosys.RetryAfter
		want time.Time
		said bool
	}{
		{"nothing", autosys.RetryAfter{}, time.Time{}, false},
		{"wait", autosys.RetryAfter{Wait: time.Hour}, later, true},
		{"time", autosys.RetryAfter{At: later}, later, true},
	}
	for _, test := range tests {
		if got, said := test.r.From(answered); !got.Equal(test.want) || said != test.said {
			t.Errorf("%s: %v %v", test.name, got, said)
		}
	}
}

// wirePath is a field of ours by its names on the wire, and nothing that came from there.
var wirePath = regexp.MustCompile(`^[A-Za-z0-9.]*$`)

func FuzzClassify(f *testing.F) {
	for _, body := range []string{
		"", "{}", withheld, `"` + withheld + `"`, `{"feilmelding":"` + withheld + `"}`, `{"kjoretoydataListe":[]}`,
		`{"kjoretoydataListe":[{"kjoretoyId":{"kjennemerke":"CU 10149"},"periodiskKjoretoyKontroll":{}}]}`,
		`{"kjoretoydataListe":[{"godkjenning":{"tekniskGodkjenning":{"tekniskeData":{"vekter":{"nyttelast":14725}}}}}]}`,
		`{"kjoretoydataListe":[{"kjoretoyId":7,"godkjenning":{"tekniskGodkjenning":{"tekniskeData":{"akslinger":"to","miljodata":{"co2BesparelsePgaOkoInnovasjon":1e999}}}}}]}`,
		`{"kjoretoydataListe":[null]}`, "<html>", "[", `{"kjoretoydataListe":[{"godkjenning":{"tilleggsgodkjenninger":[{"tilleggsgodkjenningSpesifikkeData":{"adrGodkjenning":{}}}]}}]}`,
	} {
		for _, status := range []int{200, 204, 400, 403, 404, 422, 429, 500} {
			f.Add(status, "120", []byte(body))
		}
	}
	f.Add(429, "Sun, 25 Oct 2026 23:00:00 GMT", []byte(nil))
	f.Fuzz(func(t *testing.T, status int, retryAfter string, body []byte) {
		before := string(body)
		classified := autosys.Classify(status, http.Header{"Retry-After": {retryAfter}}, body)
		switch answer := classified.(type) {
		case autosys.Found:
			if status != 200 || len(answer.Vehicles) == 0 || string(answer.Raw) != string(bytes.TrimSpace(body)) || !wirePath.MatchString(answer.Misread) {
				t.Errorf("found %d vehicles with status %d, misread %q", len(answer.Vehicles), status, answer.Misread)
			}
		case autosys.NotFound:
			if status != 200 && status != 204 && status != 404 {
				t.Errorf("not found with status %d", status)
			}
		case autosys.Withheld:
			if answer.Code == "" {
				t.Error("withheld without a code")
			}
		case autosys.Unclear:
			if status != 200 {
				t.Errorf("unclear with status %d", status)
			}
		case autosys.BadRequest:
			if status != 400 || len([]rune(answer.Detail)) > 200 {
				t.Errorf("bad request with status %d: %q", status, answer.Detail)
			}
		case autosys.KeyRefused:
			if status != 401 && status != 403 {
				t.Errorf("key refused with status %d", status)
			}
		case autosys.QuotaSpent:
			if status != 422 && status != 429 || answer.RetryAfter.Wait < 0 {
				t.Errorf("quota spent with status %d: %+v", status, answer)
			}
		case autosys.Unavailable:
			if answer.Reason == "" {
				t.Errorf("unavailable with status %d: %+v", status, answer)
			}
		default:
			t.Errorf("no answer: %#v", answer)
		}
		switch classified.(type) {
		case autosys.Found, autosys.NotFound, autosys.Withheld: // the same again from status and body alone, as a memory keeps them
			if again := autosys.Classify(status, nil, body); !reflect.DeepEqual(again, classified) {
				t.Errorf("%#v becomes %#v", classified, again)
			}
		}
		if string(body) != before {
			t.Error("the body was changed")
		}
	})
}
