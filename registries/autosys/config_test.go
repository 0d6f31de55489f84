package autosys_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"sluss"
	"sluss/registries/autosys"
	sim "sluss/simulators/autosys"
)

func TestConfigOpens(t *testing.T) {
	o := open(t, sim.Options{})
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte("Apikey "+testKey+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	address := httptestURL(t, o.Registry)
	var c autosys.Config
	if err := yaml.Unmarshal([]byte("base_url: "+address+"/\nkey_file: "+file+"\n"), &c); err != nil {
		t.Fatal(err)
	}
	t.Setenv(autosys.KeyVariable, "")
	client, limits, err := c.Open()
	if err != nil || len(limits) != 1 || limits[0].String() != "50000/day Europe/Oslo" {
		t.Fatalf("limits %v, %v", limits, err)
	}
	s := submission(lorry("TS10003"))
	if got, _, err := client.Submit(t.Context(), s); err != nil || got.Kind != sluss.Accepted {
		t.Errorf("%+v, %v", got, err)
	}

	// The environment goes before the file, and the whole address of the query, on either host, is taken too.
	t.Setenv(autosys.KeyVariable, "other")
	client, limits, err = autosys.Config{BaseURL: address + sim.QueryPath, KeyFile: file, Quota: "100/1m"}.Open()
	if err != nil || limits[0].Calls != 100 {
		t.Fatalf("limits %v, %v", limits, err)
	}
	if _, _, err := client.Submit(t.Context(), s); !errors.Is(err, sluss.ErrOperator) || len(o.Lookups()) != 2 || o.Lookups()[1].Status != 403 {
		t.Errorf("%v, %+v", err, o.Lookups())
	}
}

func TestConfigTellsAllFaultsAtOnce(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "none")
	tests := []struct {
		name   string
		config autosys.Config
		key    string
		want   []string
	}{
		{"empty", autosys.Config{}, "", []string{"base_url is missing", "key_file", autosys.KeyVariable}},
		{"all wrong", autosys.Config{BaseURL: "vegvesen.no", KeyFile: missing, Quota: "many"}, "", []string{"base_url is not a plain address", "key_file: open", `limit "many"`}},
		{"key over plain HTTP", autosys.Config{BaseURL: "http://registry.example"}, "k", []string{"https://"}},
		{"not HTTP", autosys.Config{BaseURL: "ftp://registry.example"}, "k", []string{"https://"}},
		{"a query in it", autosys.Config{BaseURL: "https://registry.example/?a=b"}, "k", []string{"base_url is not a plain address"}},
		{"a key of two lines", autosys.Config{BaseURL: "https://registry.example"}, "secret1\nsecret2", []string{"the API key holds"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv(autosys.KeyVariable, test.key)
			client, limits, err := test.config.Open()
			if err == nil || client != nil || limits != nil {
				t.Fatalf("opened: %v, %v", client, limits)
			}
			for _, want := range append(test.want, sluss.Autosys) {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("want %q in: %v", want, err)
				}
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("the key is in: %v", err)
			}
		})
	}
}
