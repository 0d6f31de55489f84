package config

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

var _ workflow.ContextAware = strict{}

// with is a Temporal whose payloads are encrypted with these keys.
func with(keys ...string) Temporal { return Temporal{Key: strings.Join(keys, "\n")} }

func convert(t *testing.T, c Temporal) converter.DataConverter {
	t.Helper()
	data, err := c.DataConverter()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func encode(t *testing.T, c Temporal, values ...any) *commonpb.Payloads {
	t.Helper()
	payloads, err := convert(t, c).ToPayloads(values...)
	if err != nil {
		t.Fatal(err)
	}
	return payloads
}

func TestKeysChange(t *testing.T) {
	old, both, fresh := with(oneKey), with(anotherKey, oneKey), with(anotherKey)
	ids := func(c Temporal) []string {
		ids, err := c.KeyIDs()
		if err != nil {
			t.Fatal(err)
		}
		return ids
	}
	if got := ids(both); len(got) != 2 || got[0] != ids(fresh)[0] || got[1] != ids(old)[0] || got[0] == got[1] || strings.Contains(oneKey+anotherKey, got[0]) {
		t.Fatalf("ids %v", got)
	}
	for name, test := range map[string]struct {
		written, read Temporal
		missing       string
	}{
		"the same key":               {old, old, ""},
		"an old one":                 {old, both, ""},
		"the new one":                {both, both, ""},
		"the new one where it is":    {both, fresh, ""},
		"the new one, not there yet": {both, old, "encrypted with the key " + ids(fresh)[0] + ", and the keys here are " + ids(old)[0]},
		"an old one, taken away":     {old, fresh, "encrypted with the key " + ids(old)[0]},
	} {
		payloads := encode(t, test.written, "Cecilia Berg", 7)
		for _, p := range payloads.GetPayloads() {
			if string(p.GetMetadata()[metadataKey]) != ids(test.written)[0] || bytes.Contains(p.GetData(), []byte("Cecilia")) {
				t.Errorf("%s: written is %v", name, p)
			}
		}
		var text string
		var number int
		err := convert(t, test.read).FromPayloads(payloads, &text, &number)
		if test.missing == "" && (err != nil || text != "Cecilia Berg" || number != 7) || test.missing != "" && (err == nil || !strings.Contains(err.Error(), test.missing)) {
			t.Errorf("%s: %q, %d, %v", name, text, number, err)
		}
	}
}

// TestOnlyEncryptedPayloadsAreAccepted tries payloads of a sender without a key.
func TestOnlyEncryptedPayloadsAreAccepted(t *testing.T) {
	c := with(oneKey)
	id, err := c.KeyIDs()
	if err != nil {
		t.Fatal(err)
	}
	seal := func(change func(p *commonpb.Payload)) *commonpb.Payloads {
		payloads := encode(t, c, "hello")
		change(payloads.GetPayloads()[0])
		return payloads
	}
	plain, err := converter.GetDefaultDataConverter().ToPayloads("hello")
	if err != nil {
		t.Fatal(err)
	}
	null, err := converter.GetDefaultDataConverter().ToPayloads(nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		sent *commonpb.Payloads
		want string
	}{
		"plain":     {plain, "not encrypted, and only encrypted ones are taken here"},
		"null":      {null, "not encrypted"},
		"no fields": {&commonpb.Payloads{Payloads: []*commonpb.Payload{{}}}, "not encrypted"},
		"changed":   {seal(func(p *commonpb.Payload) { p.Data[20] ^= 1 }), "changed on the way, or forged"},
		"cut short": {seal(func(p *commonpb.Payload) { p.Data = p.Data[:5] }), "is cut short"},
		"no key id": {seal(func(p *commonpb.Payload) { delete(p.Metadata, metadataKey) }), "encrypted with the key , and the keys here are " + id[0]},
		"forged":    {&commonpb.Payloads{Payloads: []*commonpb.Payload{{Metadata: map[string][]byte{"encoding": []byte(encrypted), metadataKey: []byte(id[0])}, Data: make([]byte, 60)}}}, "forged"},
	} {
		var text string
		if err := convert(t, c).FromPayloads(test.sent, &text); err == nil || !strings.Contains(err.Error(), test.want) || text != "" {
			t.Errorf("%s: %q, %v; want %q", name, text, err, test.want)
		}
	}
	// An activity without a result sends no payload.
	if err := convert(t, c).FromPayloads(nil, new(string)); err != nil {
		t.Errorf("nothing: %v", err)
	}
	// Without a key all is as it is without encryption.
	var text string
	if err := convert(t, Temporal{}).FromPayloads(plain, &text); err != nil || text != "hello" {
		t.Errorf("without a key: %q, %v", text, err)
	}
}

// TestAMissingKeyStopsAWorkflowTask: an operator can add the key; an error would end
// the workflow or lose the signal.
func TestAMissingKeyStopsAWorkflowTask(t *testing.T) {
	data := convert(t, with(oneKey)).(workflow.ContextAware).WithWorkflowContext(nil)
	defer func() {
		if missing, ok := recover().(MissingKeyError); !ok || missing.ID == "" {
			t.Errorf("recovered %v", missing)
		}
	}()
	var text string
	plain, err := converter.GetDefaultDataConverter().ToPayloads("hello")
	if err != nil {
		t.Fatal(err)
	}
	if err := data.FromPayloads(plain, &text); !errors.Is(err, ErrPlain) {
		t.Errorf("plain: %v", err)
	}
	if err := data.FromPayloads(encode(t, with(oneKey), "hello"), &text); err != nil || text != "hello" {
		t.Errorf("%q, %v", text, err)
	}
	t.Errorf("it goes on: %v", data.FromPayloads(encode(t, with(anotherKey), "hello"), &text))
}

func TestCodecShowsWhatItCan(t *testing.T) {
	c := with(anotherKey, oneKey)
	handler, err := c.CodecHandler("http://127.0.0.1:8233", "plant.example")
	if err != nil {
		t.Fatal(err)
	}
	plain, err := converter.GetDefaultDataConverter().ToPayload("in clear")
	if err != nil {
		t.Fatal(err)
	}
	sent := &commonpb.Payloads{Payloads: []*commonpb.Payload{
		encode(t, with(oneKey), "old").GetPayloads()[0], encode(t, c, "new").GetPayloads()[0], plain, encode(t, with(strings.Repeat("77", 32)), "lost").GetPayloads()[0],
	}}
	ask := func(path, host, origin string, payloads *commonpb.Payloads) (int, *commonpb.Payloads, http.Header) {
		body, err := protojson.Marshal(payloads)
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, bytes.NewReader(body))
		r.Host = host
		r.Header.Set("Origin", origin)
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		answer := &commonpb.Payloads{}
		if w.Code == http.StatusOK {
			if err := protojson.Unmarshal(w.Body.Bytes(), answer); err != nil {
				t.Fatal(err)
			}
		}
		return w.Code, answer, w.Header()
	}
	status, decoded, headers := ask("/decode", "127.0.0.1:1", "http://127.0.0.1:8233", sent)
	if status != http.StatusOK || len(decoded.GetPayloads()) != 4 || headers.Get("Access-Control-Allow-Origin") != "http://127.0.0.1:8233" {
		t.Fatalf("%d, %v, %v", status, decoded, headers)
	}
	for i, want := range []string{`"old"`, `"new"`, `"in clear"`, "cannot be shown: a payload is encrypted with the key "} {
		if got := string(decoded.GetPayloads()[i].GetData()); !strings.Contains(got, want) {
			t.Errorf("payload %d is shown as %s, want %s", i, got, want)
		}
	}
	status, encoded, _ := ask("/encode", "plant.example", "http://127.0.0.1:8233", &commonpb.Payloads{Payloads: []*commonpb.Payload{plain}})
	var text string
	if err := convert(t, c).FromPayloads(encoded, &text); status != http.StatusOK || err != nil || text != "in clear" {
		t.Errorf("what the UI sends: %d, %q, %v", status, text, err)
	}
	for _, stranger := range [][2]string{{"evil.example", "http://evil.example"}, {"127.0.0.1:1", "http://evil.example"}, {"evil.example", "http://127.0.0.1:8233"}} {
		if status, _, _ := ask("/decode", stranger[0], stranger[1], sent); status != http.StatusMisdirectedRequest && status != http.StatusForbidden {
			t.Errorf("a page of %s, sent to %s, gets %d", stranger[1], stranger[0], status)
		}
	}
	if none, err := (Temporal{}).CodecHandler("http://127.0.0.1:8233"); none != nil || err != nil {
		t.Errorf("without a key: %v, %v", none, err)
	}
}

func TestDecryptNamesAMissingKey(t *testing.T) {
	history := func(c Temporal) *historypb.History {
		return &historypb.History{Events: []*historypb.HistoryEvent{{Attributes: &historypb.HistoryEvent_WorkflowExecutionSignaledEventAttributes{
			WorkflowExecutionSignaledEventAttributes: &historypb.WorkflowExecutionSignaledEventAttributes{Input: encode(t, c, "hello")},
		}}}}
	}
	old := history(with(oneKey))
	if err := with(anotherKey, oneKey).Decrypt(t.Context(), old); err != nil || !bytes.Contains(must(proto.Marshal(old)), []byte("hello")) {
		t.Errorf("%v, %v", old, err)
	}
	missing := (MissingKeyError{})
	if err := with(anotherKey).Decrypt(t.Context(), history(with(oneKey))); !errors.As(err, &missing) {
		t.Errorf("got %v, want a missing key", err)
	}
}

func must(data []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return data
}

func TestKeysAreAddedAndUsed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys")
	first, err := AddKey(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(must(os.ReadFile(file)), "# written by hand\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	c := Temporal{KeyFile: file}
	before := encode(t, c, "before")
	second, err := AddKey(file)
	if err != nil {
		t.Fatal(err)
	}
	if ids, err := c.KeyIDs(); err != nil || len(ids) != 2 || ids[0] != first || ids[1] != second {
		t.Fatalf("keys %v, %v; want %s, %s", ids, err, first, second)
	}
	if err := UseKey(file, second); err != nil {
		t.Fatal(err)
	}
	if ids, err := c.KeyIDs(); err != nil || len(ids) != 2 || ids[0] != second || ids[1] != first {
		t.Fatalf("keys %v, %v; want %s, %s", ids, err, second, first)
	}
	var text string
	if err := convert(t, c).FromPayloads(before, &text); err != nil || text != "before" {
		t.Errorf("%q, %v", text, err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if !strings.Contains(string(must(os.ReadFile(file))), "# written by hand") {
		t.Error("a comment is lost")
	}
	if err := UseKey(file, "none"); err == nil || !strings.Contains(err.Error(), "there is no key none") {
		t.Errorf("%v", err)
	}
	if err := os.WriteFile(file, []byte(oneKey+" "+anotherKey), 0o640); err != nil {
		t.Fatal(err)
	}
	ids, err := c.KeyIDs()
	if err != nil {
		t.Fatal(err)
	}
	if err := UseKey(file, ids[1]); err == nil || !strings.Contains(err.Error(), "a line of its own") {
		t.Errorf("two keys on a line: %v", err)
	}
	if err := os.Chmod(file, 0o640); err != nil { //nolint:gosec // a group may read it
		t.Fatal(err)
	}
	if _, err := AddKey(file); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the mode of the group's file is now %v, %v", info.Mode(), err)
	}
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := AddKey(file); err == nil || string(must(os.ReadFile(file))) != "x" {
		t.Errorf("a file that holds something else: %v", err)
	}
}
