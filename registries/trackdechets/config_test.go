package trackdechets

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

func TestOpen(t *testing.T) {
	folder := t.TempDir()
	for name, token := range map[string]string{
		producerID: "token-of-the-producer\n", receiverID + ".token": "token-of-the-receiver", "DE123456789": "token-of-the-haulier", "README": "not a token at all",
	} {
		must(t, os.WriteFile(filepath.Join(folder, name), []byte(token), 0o600))
	}
	named := filepath.Join(t.TempDir(), "platform")
	must(t, os.WriteFile(named, []byte("token-of-the-platform"), 0o600))
	t.Setenv("SLUSS_TRACKDECHETS_TOKEN_"+transporterID, "token-of-the-transporter")
	t.Setenv("SLUSS_TRACKDECHETS_TOKEN_"+receiverID, "newer-token-of-the-receiver")
	var c Config
	must(t, yaml.Unmarshal([]byte("environment: test\ntokens_dir: "+folder+"\ntokens:\n  "+platformID+": "+named+"\nquota: 500/1m\n"), &c))
	client, limits, err := c.Open()
	must(t, err)
	if url, err := c.address(); err != nil || url != addresses[test] {
		t.Errorf("%s, %v", url, err)
	}
	want := map[string]string{
		producerID: "token-of-the-producer", receiverID: "newer-token-of-the-receiver", transporterID: "token-of-the-transporter",
		platformID: "token-of-the-platform", "DE123456789": "token-of-the-haulier",
	}
	tokens, err := c.tokens(os.Environ())
	if err != nil || !maps.Equal(tokens, want) || !slices.Equal(client.Companies(), slices.Sorted(maps.Keys(want))) || len(limits) != 1 || limits[0].String() != "500/1m" {
		t.Errorf("%d tokens, %v, %v", len(tokens), limits, err)
	}
}

func TestOpenChoosesTheAddress(t *testing.T) {
	t.Setenv("SLUSS_TRACKDECHETS_TOKEN_"+producerID, "token-of-the-producer")
	for _, one := range []struct {
		config Config
		url    string
	}{
		{Config{Environment: "production"}, addresses[production]},
		{Config{Environment: "test"}, addresses[test]},
		{Config{Environment: "test", BaseURL: "http://simulators:8082/"}, "http://simulators:8082/"},
		{Config{BaseURL: "http://127.0.0.1:8082/"}, "http://127.0.0.1:8082/"},
		{Config{BaseURL: "http://localhost:8082"}, "http://localhost:8082"},
		{Config{BaseURL: "https://proxy.example/td/"}, "https://proxy.example/td/"},
	} {
		address, wrong := one.config.address()
		_, limits, err := one.config.Open()
		if err != nil || wrong != nil || address != one.url || limits[0].String() != publishedQuota {
			t.Errorf("%+v: %s, %v", one.config, address, err)
		}
	}
}

func TestOpenTellsAllFaultsAtOnce(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "broken")
	must(t, os.WriteFile(broken, []byte("two words here"), 0o600))
	for _, one := range []struct {
		name        string
		config      Config
		environment map[string]string
		want        []string
	}{
		{"nothing", Config{}, nil, []string{"environment: is missing", "no token"}},
		{"everything wrong", Config{
			Environment: "sandbox", BaseURL: "ftp://x", TokensDir: "/nowhere/at/all",
			Tokens: map[string]string{"123": "x", producerID: broken, receiverID: "/nowhere/token"}, Quota: "many",
		}, map[string]string{"SLUSS_TRACKDECHETS_TOKEN_abc": "x"}, []string{
			`environment: "sandbox"`, "base_url:", "tokens_dir:", `tokens: "123"`, broken + ": does not hold a token", "token of " + receiverID, "SLUSS_TRACKDECHETS_TOKEN_abc", "quota:",
		}},
		{"in the clear", Config{Environment: "production", BaseURL: "http://api.example/"}, map[string]string{"SLUSS_TRACKDECHETS_TOKEN_" + producerID: "token-of-the-producer"}, []string{"in the clear"}},
		{"credentials in the address", Config{BaseURL: "https://me:secret@api.example/"}, map[string]string{"SLUSS_TRACKDECHETS_TOKEN_" + producerID: "token-of-the-producer"}, []string{"no credentials"}},
	} {
		t.Run(one.name, func(t *testing.T) {
			for name, value := range one.environment {
				t.Setenv(name, value)
			}
			_, _, err := one.config.Open()
			if err == nil {
				t.Fatal("was opened")
			}
			for _, want := range one.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("want %q in: %v", want, err)
				}
			}
			if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "two words") {
				t.Errorf("shows a secret: %v", err)
			}
		})
	}
}
