package avfallsregistret

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/registries/once"
)

const guid = "072f294c-9e70-4cf6-b6a3-139922067ddc"

func answered(status int, body string) reply {
	now := time.Now()
	return reply{Reply: once.Reply{Status: status, Header: http.Header{}, Body: []byte(body), Sent: true, Started: now, Ended: now}}
}

func TestOnlyAWasteIDIsAcceptance(t *testing.T) {
	for body, id := range map[string]string{
		`{"avfallId":"` + guid + `"}`:                            guid,
		`{"AvfallsId":"` + guid + `"}`:                           guid,
		`{"AVFALLID":"` + strings.ToUpper(guid) + `","x":1}`:     strings.ToUpper(guid),
		`{"avfallId":"` + guid + `","avfallsId":"` + guid + `"}`: "",
		`{"avfallId":null}`:                                      "",
		`{"avfallId":1}`:                                         "",
		`{"avfallId":""}`:                                        "",
		`{"avfallId":"00000000-0000-0000-0000-000000000000"}`:    "",
		`{"avfallId":"072f294c9e704cf6b6a3139922067ddc"}`:        "",
		`{"avfallId":"` + guid + `"`:                             "",
		`{"avfallId":"` + guid + `"}{}`:                          "",
		`{"id":"` + guid + `"}`:                                  "",
		`"` + guid + `"`:                                         "",
		`[]`:                                                     "",
		`null`:                                                   "",
		``:                                                       "",
	} {
		for _, status := range []int{200, 201} {
			o, err := outcome(answered(status, body), message{})
			if err != nil {
				t.Errorf("%s: %v", body, err)
			}
			if id == "" && o.Kind != sluss.Unknown || id != "" && (o.Kind != sluss.Accepted || o.Receipt.ID != id) {
				t.Errorf("%d %s: %+v, want id %q", status, body, o, id)
			}
		}
		for _, status := range []int{202, 204, 302} {
			if o, err := outcome(answered(status, body), message{}); err != nil || o.Kind != sluss.Unknown {
				t.Errorf("%d %s: %+v, %v", status, body, o, err)
			}
		}
	}
}

func TestBadRequestsOfManyWordings(t *testing.T) {
	for name, c := range map[string]struct {
		body  string
		kind  sluss.OutcomeKind // empty: an operator must help
		codes string
	}{
		"PascalCase":             {`{"Title":"InputValidationException","StatusCode":400,"Errors":[{"Code":1111,"Message":"Avfallskod okänd."}]}`, sluss.Rejected, "1111"},
		"code in quotes":         {`{"errors":[{"code":"1111","message":"x"}]}`, sluss.Rejected, "1111"},
		"code of no catalogue":   {`{"errors":[{"code":9999,"message":"Ny regel"}]}`, sluss.Rejected, "9999"},
		"validation error":       {`{"errors":[{"code":1000,"message":"Valideringsfel."}]}`, sluss.Rejected, "1000"},
		"unknown error":          {`{"errors":[{"code":1000,"message":"Okänt fel."}]}`, sluss.Unknown, ""},
		"unknown, and another":   {`{"errors":[{"code":1000,"message":"Okänt fel."},{"code":1111,"message":"x"}]}`, sluss.Rejected, "1000 1111"},
		"place of reception":     {`{"errors":[{"code":4101,"message":"Mottagningsplats ska anges."}]}`, sluss.Rejected, "4101"},
		"agent's name":           {`{"errors":[{"code":4101,"message":"Ombudets namn ska ej anges."}]}`, "", ""},
		"agent and data":         {`{"errors":[{"code":1023,"message":"x"},{"code":1111,"message":"x"}]}`, sluss.Rejected, "1023 1111"},
		"framework's, by field":  {`{"title":"One or more validation errors occurred.","status":400,"traceId":"t","errors":{"$.avfall.mangd":["x"]}}`, sluss.Rejected, ""},
		"framework's, by detail": {`{"type":"x","title":"Bad Request","status":400,"detail":"y"}`, sluss.Rejected, ""},
		"empty list":             {`{"title":"InputValidationException","errors":[]}`, sluss.Rejected, ""},
		"gateway's JSON":         {`{"fault":{"code":900906,"message":"No matching resource"}}`, "", ""},
		"gateway's XML":          {`<ams:fault xmlns:ams="http://wso2.org/apimanager/security"><ams:code>900906</ams:code><ams:message>m</ams:message></ams:fault>`, "", ""},
		"HTML":                   {`<html><body>Bad Request</body></html>`, "", ""},
		"nothing":                {``, "", ""},
		"a list":                 {`[]`, "", ""},
		"null":                   {`null`, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			o, err := outcome(answered(400, c.body), message{})
			if c.kind == "" {
				if !errors.Is(err, sluss.ErrOperator) {
					t.Errorf("got %+v, %v", o, err)
				}
				return
			}
			var codes []string
			for _, reason := range o.Reasons {
				if reason.Code != "" {
					codes = append(codes, reason.Code)
				}
				if reason.Message == "" || reason.Remedy == "" {
					t.Errorf("reason %+v", reason)
				}
			}
			if err != nil || o.Kind != c.kind || strings.Join(codes, " ") != c.codes || (o.Kind == sluss.Rejected) != (len(o.Reasons) > 0) {
				t.Errorf("got %+v, %v", o, err)
			}
		})
	}
}

func TestGatewayRefusesWithItsOwnCodes(t *testing.T) {
	for body, operator := range map[string]bool{
		`{"fault":{"code":900910,"message":"m"}}`:                               true,
		`<fault><code>900908</code><message>m</message></fault>`:                true,
		`{"fault":{"code":101504,"message":"Send timeout"}}`:                    false,
		`{"fault":{"code":"x"}}`:                                                false,
		`<html></html>`:                                                         false,
		`{"fault":{"code":900801,"message":"m"}}`:                               true,
		`{"errors":[{"code":1111,"message":"a list with a status of no use"}]}`: false,
	} {
		o, err := outcome(answered(410, body), message{})
		if operator != errors.Is(err, sluss.ErrOperator) || !operator && o.Kind != sluss.Unknown {
			t.Errorf("%s: %+v, %v", body, o, err)
		}
	}
	throttledOut := answered(503, `{"fault":{"code":900802,"message":"Message throttled out"}}`)
	if o, err := outcome(throttledOut, message{}); err != nil || o.Kind != sluss.Deferred || !o.Throttled {
		t.Errorf("%+v, %v", o, err)
	}
}

func TestAnswersCutShort(t *testing.T) {
	for status, want := range map[int]sluss.OutcomeKind{200: sluss.Unknown, 400: sluss.Unknown, 500: sluss.Unknown, 429: sluss.Deferred} {
		r := answered(status, `{"avfallId":"`+guid+`"}`)
		if status == 400 {
			r.Body = []byte(`{"errors":[{"co`)
		}
		r.Err = errors.New("unexpected EOF")
		if o, err := outcome(r, message{}); err != nil || o.Kind != want {
			t.Errorf("%d: %+v, %v; want %s", status, o, err, want)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"": time.Minute, "soon": time.Minute, "-5": time.Minute, "1.5": time.Minute, "99999999999999999999": time.Minute,
		"0": time.Second, "7": 7 * time.Second, " 7 ": 7 * time.Second, "4000000000": 24 * time.Hour,
		"Mon, 23 Nov 2026 08:02:00 GMT": 2 * time.Minute, "Mon, 23 Nov 2026 07:00:00 GMT": time.Second, "Mon, 23 Nov 2099 07:00:00 GMT": 24 * time.Hour,
	} {
		if got := pause(header, now); got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}

// whole fails the test if an outcome lacks something that belongs to its kind.
func whole(t *testing.T, r reply) func(sluss.Outcome, error) {
	t.Helper()
	return func(o sluss.Outcome, err error) {
		t.Helper()
		if err != nil {
			if o.Kind != "" || !errors.Is(err, sluss.ErrOperator) && !errors.Is(err, sluss.ErrNotSent) {
				t.Fatalf("%d %s: %+v, %v", r.Status, r.Body, o, err)
			}
			return
		}
		switch o.Kind {
		case sluss.Accepted:
			if r.Status/100 != 2 || !validGUID(o.Receipt.ID) || r.Err != nil {
				t.Fatalf("%d %s: accepted %+v", r.Status, r.Body, o)
			}
		case sluss.Rejected:
			if r.Status != 400 || len(o.Reasons) == 0 {
				t.Fatalf("%d %s: rejected %+v", r.Status, r.Body, o)
			}
			for _, reason := range o.Reasons {
				if reason.Message == "" || reason.Remedy == "" {
					t.Fatalf("%d %s: reason %+v", r.Status, r.Body, reason)
				}
			}
		case sluss.Deferred:
			if !o.NotBefore.After(r.Ended) {
				t.Fatalf("%d %s: deferred %+v", r.Status, r.Body, o)
			}
		case sluss.Unknown:
			if o.Detail == "" {
				t.Fatalf("%d %s: unknown %+v", r.Status, r.Body, o)
			}
		default:
			t.Fatalf("%d %s: %+v", r.Status, r.Body, o)
		}
	}
}
