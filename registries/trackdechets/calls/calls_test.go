package calls

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"sluss"
	"sluss/registries/trackdechets/reasons"
	"sluss/registries/trackdechets/wire"
)

func TestASessionMakesOneCall(t *testing.T) {
	calls := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		calls++
		_, _ = w.Write([]byte(`{"data":{"ecoOrganismes":[]}}`))
	}))
	defer server.Close()
	s := New(Options{URL: server.URL, Tokens: map[string]string{"1": "token"}}).Session("1", "ecoOrganismes")
	var all []wire.EcoOrganismeInfo
	first := s.Ask(t.Context(), nil, &all)
	second := s.Ask(t.Context(), nil, &all)
	if first != nil || second == nil || calls != 1 {
		t.Errorf("%v, %v, %d calls", first, second, calls)
	}
}

// Nothing that we keep of a call holds what signs, or opens a file.
func TestSecretsAreNotKept(t *testing.T) {
	for sent, kept := range map[string]string{
		`{"securityCode":1234}`:                     `{"securityCode":"***"}`,
		`{"a":{"token":"a\"b","x":1}}`:              `{"a":{"token":"***","x":1}}`,
		`{"downloadLink": "https://a/?b=c"}`:        `{"downloadLink":"***"}`,
		`{"signedUrl":"https://a"}`:                 `{"signedUrl":"***"}`,
		`{"name":"\"securityCode\":1234","code":1}`: `{"name":"\"securityCode\":1234","code":1}`,
	} {
		if got := redacted([]byte(sent)); got != kept {
			t.Errorf("%s: %s", sent, got)
		}
	}
}

// What a signature has locked is Unknown where that may be our own earlier act, and a
// refusal where a draft was to be changed.
func TestLockedFields(t *testing.T) {
	const body = `{"errors":[{"message":"Des champs ont été verrouillés via signature et ne peuvent plus être modifiés : transporter","extensions":{"code":"FORBIDDEN"}}],"data":null}`
	for name, want := range map[string]sluss.OutcomeKind{"updateForm": sluss.Rejected, "signEmissionForm": sluss.Unknown, "markAsSealed": sluss.Unknown} {
		s := Session{name: name}
		s.Status, s.Body = http.StatusOK, []byte(body)
		if told, err := s.outcome(reasons.Places{}, nil); err != nil || told.Kind != want {
			t.Errorf("%s: %+v, %v", name, told, err)
		}
	}
}
