package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"sluss"
	"sluss/config"
	"sluss/inbox"
	"sluss/registries/trackdechets"
	"sluss/registries/trackdechets/wire"
)

// signedByCode is what became of a signature by a security code.
type signedByCode struct {
	Filing  string        `json:"filing"`
	Outcome sluss.Outcome `json:"outcome"`
}

// signByCode has a company sign on this device, by its security code. The call is
// made by this very process: the code goes into no workflow.
func (s *starter) signByCode(c *cli.Context, batch string, signature sluss.Signature) error {
	switch {
	case c.String("filing") == "":
		return usagef("a code signs one thing: say which with --filing OBLIGATION, such as fr.emission#1")
	case c.Bool("dry-run"):
		return usagef("--dry-run sends no code: leave out --code-file")
	}
	conf, err := configuration(c)
	if err != nil {
		return err
	}
	register, err := signerOf(conf)
	if err != nil {
		return err
	}
	code, err := s.securityCode(c.String("code-file"))
	if err != nil {
		return err
	}
	host, _ := os.Hostname() // a process without a host's name is still one
	in := inbox.CodeSignature{
		Filing: filingOf(batch, c.String("filing")), Role: signature.Role, Hash: c.String("hash"), By: signature.Person, At: signature.At,
		Code: code, Actor: fmt.Sprintf("starter %s:%d", host, os.Getpid()),
	}
	done, err := acting(c, func(ctx context.Context, d *inbox.Desk) (sluss.Outcome, error) {
		return d.SignByCode(ctx, register, in)
	})
	if err != nil {
		return err
	}
	return s.answer(c, signedByCode{in.Filing, done}, func(w io.Writer) {
		fmt.Fprintf(w, "signed %s at Trackdéchets by the code; the filing looks there, and settles by itself\n", short(in.Filing))
	})
}

// signerOf is the configuration's client of Trackdéchets.
func signerOf(conf config.Config) (*trackdechets.Client, error) {
	var registries struct {
		Trackdechets *trackdechets.Config `yaml:"trackdechets"`
	}
	if err := conf.Registries.Decode(&registries); err != nil {
		return nil, usagef("configuration: registries: %w", err)
	}
	if registries.Trackdechets == nil {
		return nil, usagef("configuration: there is no registries.trackdechets: a code is sent from here, with the token of one of our companies")
	}
	client, _, err := registries.Trackdechets.Open()
	if err != nil {
		return nil, usagef("configuration: registries.trackdechets: %w", err)
	}
	return client, nil
}

var validCode = regexp.MustCompile(`^[0-9]{4}$`)

// securityCode reads a code; no error says what was read.
func (s *starter) securityCode(name string) (wire.SecurityCode, error) {
	var text []byte
	var err error
	if name == "-" {
		text, err = io.ReadAll(io.LimitReader(s.in, longestCode))
	} else {
		text, err = os.ReadFile(name)
	}
	if err != nil {
		return 0, usagef("--code-file: %w", err)
	}
	given := strings.TrimSpace(string(text))
	code, wrong := strconv.Atoi(given)
	if !validCode.MatchString(given) || wrong != nil || code == 0 {
		return 0, usageError{errors.New("--code-file does not hold four digits and nothing else; nothing was sent")}
	}
	return wire.SecurityCode(code), nil
}

const longestCode = 64
