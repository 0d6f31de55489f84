package trackdechets

import (
	"net/http"
	"strings"
	"testing"
)

func TestTransport(t *testing.T) {
	r := newRegister(t, Options{})
	for _, test := range []struct {
		name, contentType, body string
		status                  int
		want                    string
	}{
		{"malformed JSON", "application/json", `{"query":`, 400, `{"error":"JSON mal formaté ou invalide"}`},
		{"form post", "application/x-www-form-urlencoded", `query={me{email}}`, 400, "CSRF"},
		{"unknown operation name", "application/json", `{"query":"query A{me{id}} query B{me{id}}","operationName":"C"}`, 400, "operation"},
		{"unknown field", "application/json", `{"query":"{me{nobody}}"}`, 400, codeValidation},
		{"bad enumeration", "application/json", `{"query":"query($s:[FormStatus!]){forms(status:$s){id}}","variables":{"s":["LOST"]}}`, 400, `does not exist in \"FormStatus\" enum`},
		{"bad number", "application/json", `{"query":"query($n:Int){forms(first:$n){id}}","variables":{"n":1.5}}`, 400, "Int cannot represent"},
		{"batch with one fault", "application/json", `[{"query":"{me{email}}"},{"query":"{"}]`, 400, "producer@example.test"},
		{"introspection", "application/json", `{"query":"{__type(name:\"SignTransportFormInput\"){inputFields{name}}}"}`, 200, "transporterNumberPlate"},
		{"variables that are no object", "application/json", `{"query":"{me{id}}","variables":[1]}`, 400, "must be an object"},
		{"fragment cycle", "application/json", `{"query":"{me{...a}} fragment a on User{...a}"}`, 400, codeValidation},
	} {
		got := r.send("producer", test.contentType, []byte(test.body))
		if got.status != test.status || !strings.Contains(string(got.body), test.want) {
			t.Errorf("%s: HTTP %d %s", test.name, got.status, got.body)
		}
	}
	for path, want := range map[string]int{"/graphql": 404, "/?query=%7Bme%7Bid%7D%7D&access_token=producer": 200, "/?query=mutation%7BdeleteForm(id:1)%7Bid%7D%7D": 405} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.url+path, nil)
		must(t, err)
		req.Header.Set("Apollo-Require-Preflight", "true")
		if got := r.do(req); got.status != want || (want == 200 && strings.Contains(string(got.body), "errors")) {
			t.Errorf("GET %s: HTTP %d %s", path, got.status, got.body)
		}
	}
}
