package main

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"regexp"
	"strings"

	"github.com/urfave/cli/v2"

	"sluss"
	"sluss/api"
	"sluss/guard"
)

// signedByCode is the result of a signature by a security code.
type signedByCode struct {
	Filing  sluss.FilingID `json:"filing"`
	Outcome sluss.Outcome  `json:"outcome"`
}

// signByCode signs for a company on the device of another, by its security code.
// The service sends the code at once, and stores it nowhere.
func (s *starter) signByCode(c *cli.Context, batch sluss.BatchID, signature sluss.Signature) error {
	switch {
	case c.String("filing") == "":
		return usagef("a code signs one filing: give --filing OBLIGATION, such as fr.emission#1")
	case c.Bool("dry-run"):
		return usagef("--dry-run sends no code: leave out --code-file")
	}
	code, err := s.securityCode(c.String("code-file"))
	if err != nil {
		return err
	}
	if to, ok := s.service.ClientInterface.(*api.Client); !ok || inClear(to.Server) {
		return usagef("a code is not sent over a network without encryption: use https, or run this where the service runs")
	}
	filing := batch.Filing(sluss.ObligationID(c.String("filing")))
	tenant, reference, obligation := parts(filing)
	reply, err := api.Value(s.service.SignFilingByCodeWithResponse(c.Context, tenant, reference, obligation, api.CodeSignature{
		Code: code, Role: opt(signature.Role), ContentHash: c.String("hash"), By: signature.Person, At: signature.At,
	}))
	if err != nil {
		return err
	}
	return s.answer(c, signedByCode{filing, reply}, func(w io.Writer) {
		fmt.Fprintf(w, "signed %s at Trackdéchets by the code; the filing asks there, and is then settled\n", short(filing))
	})
}

// inClear reports whether others could read what is sent to that URL.
func inClear(server string) bool {
	to, err := url.Parse(server)
	return err != nil || to.Scheme != "https" && !guard.Loopback(to.Host)
}

var validCode = regexp.MustCompile(`^[0-9]{4}$`)

// securityCode reads a code. Errors never contain what was read.
func (s *starter) securityCode(name string) (string, error) {
	var text []byte
	var err error
	if name == "-" {
		text, err = io.ReadAll(io.LimitReader(s.in, longestCode))
	} else {
		text, err = os.ReadFile(name)
	}
	if err != nil {
		return "", usagef("--code-file: %w", err)
	}
	code := strings.TrimSpace(string(text))
	if !validCode.MatchString(code) || code == "0000" {
		return "", usageError{errors.New("--code-file does not hold four digits and nothing else; nothing was sent")}
	}
	return code, nil
}

const longestCode = 64
