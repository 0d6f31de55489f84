package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"sluss"
	autosys "sluss/simulators/autosys"
	avfallsregistret "sluss/simulators/avfallsregistret"
	trackdechets "sluss/simulators/trackdechets"
)

// Simulators are the registries on loopback, with records of their own that
// survive the process.
type Simulators struct {
	Sweden *avfallsregistret.Registry
	France *trackdechets.Backend
	Norway *autosys.Registry
	// Admin are the URLs at which each shows its records and accepts faults.
	Admin map[string]string

	settings string // the part `registries` of the configuration that serves them
	servers  []*http.Server
}

// The quota of the simulated Trackdéchets: far below the real one, so that it
// is seen at work on a handful of batches.
const (
	demoCalls  = 20
	demoWindow = 10 * time.Second
)

// The organisation that reports to the Swedish registry in the demo: for itself, and
// for the others as their agent.
const (
	reporter     = "5560069618"
	reporterName = "Mälarens Oljeraffinaderi AB"
)

// unknownEstablishment is a CFAR number that the simulated Swedish registry does
// not know; one of the sample batches names it, and a person corrects that.
const unknownEstablishment = "99999999"

// StartSimulators starts the simulators with their state in dir, on free ports
// of ip.
func StartSimulators(ctx context.Context, dir, ip string, firstPort int) (_ *Simulators, err error) {
	s := &Simulators{Admin: map[string]string{}}
	defer func() {
		if err != nil {
			s.Stop()
		}
	}()
	port := func(n int) int {
		if firstPort == 0 {
			return 0
		}
		return firstPort + n
	}
	start := map[string]func(ctx context.Context, dir, ip string, port, admin int) (settings string, err error){
		sluss.Avfallsregistret: s.startSweden, sluss.Trackdechets: s.startFrance, sluss.Autosys: s.startNorway,
	}
	for i, name := range sluss.Registries() {
		if start[name] == nil {
			return nil, fmt.Errorf("%s has no simulator", name)
		}
		settings, err := start[name](ctx, filepath.Join(dir, name), ip, port(i), port(recordsPort(i)))
		if err != nil {
			return nil, fmt.Errorf("the simulated %s: %w", sluss.RegistryOf(name).Title, err)
		}
		s.settings += settings
	}
	return s, nil
}

// recordsPort is the port of the records of the registry with that index, after the port
// of the first simulator: the registries themselves come before.
func recordsPort(i int) int { return len(sluss.Registries()) + i }

func (s *Simulators) startSweden(ctx context.Context, dir, ip string, port, admin int) (settings string, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	authority, err := avfallsregistret.OpenAuthority(dir, avfallsregistret.ECDSA)
	if err != nil {
		return "", err
	}
	certificate, err := authority.ClientCertificate(reporter, reporterName)
	if err != nil {
		return "", err
	}
	certPEM, keyPEM, err := avfallsregistret.PEM(certificate)
	if err != nil {
		return "", err
	}
	files := map[string][]byte{"authority.pem": authority.CertificatePEM(), "certificate.pem": certPEM, "certificate-key.pem": keyPEM, "key": []byte(avfallsregistret.DefaultKey), "secret": []byte(avfallsregistret.DefaultSecret)}
	if err := writeFiles(dir, files); err != nil {
		return "", err
	}
	s.Sweden, err = avfallsregistret.New(avfallsregistret.Options{
		Path: filepath.Join(dir, "records.jsonl"), Authority: authority, Mode: avfallsregistret.Production,
		UnknownEstablishments: []string{unknownEstablishment},
	})
	if err != nil {
		return "", err
	}
	encryption, err := s.Sweden.TLSConfig("127.0.0.1", "localhost", "simulators")
	if err != nil {
		return "", err
	}
	url, err := s.serve(ctx, s.Sweden, ip, port, encryption)
	if err != nil {
		return "", err
	}
	if err := s.administer(ctx, sluss.Avfallsregistret, s.Sweden.Admin(), ip, admin); err != nil {
		return "", err
	}
	return fmt.Sprintf(`  avfallsregistret:
    environment: production # of the simulator: as there, nothing can be read back
    base_url: %[1]s%[2]s
    token_url: %[1]s%[3]s
    key_file: %[4]s/key
    secret_file: %[4]s/secret
    certificate_file: %[4]s/certificate.pem
    certificate_key_file: %[4]s/certificate-key.pem
    authority_file: %[4]s/authority.pem
    reporter:
      id: "%[5]s"
      name: %[6]s
      contact: {name: Cecilia Berg, phone: 021-123456, email: cecilia.berg@malaren.example}
`, url, avfallsregistret.BasePath, avfallsregistret.TokenPath, dir, reporter, reporterName), nil
}

func (s *Simulators) startFrance(ctx context.Context, dir, ip string, port, admin int) (settings string, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	s.France, err = trackdechets.New(trackdechets.Options{
		Path: filepath.Join(dir, "records.jsonl"), Quota: trackdechets.Quota{Calls: demoCalls, Per: demoWindow},
	})
	if err != nil {
		return "", err
	}
	for _, company := range frenchCompanies() {
		if err := s.France.AddCompany(company); err != nil {
			return "", err
		}
		id := company.Siret + company.VATNumber // it has the one or the other
		token := "simulated-token-of-" + id + "-------"
		user := trackdechets.User{Token: token, Name: company.Name, Email: id + "@example.org", Roles: map[string]trackdechets.Role{id: trackdechets.Member}}
		if err := s.France.AddUser(user); err != nil {
			return "", err
		}
		if err := writeFiles(dir, map[string][]byte{id + ".token": []byte(token)}); err != nil {
			return "", err
		}
	}
	url, err := s.serve(ctx, s.France, ip, port, nil)
	if err != nil {
		return "", err
	}
	if err := s.administer(ctx, sluss.Trackdechets, s.France.Admin(), ip, admin); err != nil {
		return "", err
	}
	return fmt.Sprintf("  trackdechets:\n    environment: test\n    base_url: %s\n    quota: %d/%s\n    tokens_dir: %s\n", url, demoCalls, demoWindow, dir), nil
}

// frenchCompanies are the companies of the sample batches, and others that may be on
// a BSDD, with the profiles that their roles need.
func frenchCompanies() []trackdechets.Company {
	receipt := trackdechets.Receipt{Number: "07-2026-114", Department: "07", ValidityLimit: time.Date(2031, 6, 30, 0, 0, 0, 0, time.UTC)}
	return []trackdechets.Company{
		{Siret: "00000000283366", Name: "Ateliers du Rhône SAS", Address: "12 rue des Forges, 69007 Lyon", Types: []string{"PRODUCER"}, SecurityCode: 1234},
		{Siret: "00000000283440", Name: "Imprimerie de la Saône SAS", Address: "31 quai Gillet, 69004 Lyon", Types: []string{"PRODUCER"}, SecurityCode: 1234},
		{Siret: "00000000283374", Name: "Transports Cévenols SARL", Address: "1 rue des Six Chemins, 07100 Annonay", Types: []string{"TRANSPORTER"}, Receipt: receipt, SecurityCode: 1234},
		{Siret: "00000000283432", Name: "Batellerie du Rhône SAS", Address: "2 rue de Dôle, 69007 Lyon", Types: []string{"TRANSPORTER"}, Receipt: receipt, SecurityCode: 1234},
		{
			Siret: "00000000283390", Name: "Solvants de Saint-Fons SA", Address: "8 quai de la Chimie, 69190 Saint-Fons",
			Types: []string{"WASTEPROCESSOR"}, WasteProcessorTypes: []string{"DANGEROUS_WASTES_INCINERATION", "OTHER_DANGEROUS_WASTES"}, SecurityCode: 1234,
		},
		{
			Siret: "00000000283416", Name: "Plateforme du Havre SAS", Address: "3 quai de la Garonne, 76600 Le Havre",
			Types: []string{"COLLECTOR"}, CollectorTypes: []string{"DANGEROUS_WASTES"}, SecurityCode: 1234,
		},
		{
			Siret: "00000000283465", Name: "Transit de Feyzin SAS", Address: "10 route du Port, 69320 Feyzin",
			Types: []string{"COLLECTOR"}, CollectorTypes: []string{"DANGEROUS_WASTES"}, SecurityCode: 1234,
		},
		{Siret: "00000000283457", Name: "Négoce du Rhône SARL", Address: "5 rue Mercière, 69002 Lyon", Types: []string{"TRADER"}, TraderReceipt: receipt, SecurityCode: 1234},
		{Siret: "00000000283499", Name: "Courtage Lyonnais SARL", Address: "7 rue Mercière, 69002 Lyon", Types: []string{"BROKER"}, BrokerReceipt: receipt, SecurityCode: 1234},
		{Siret: "00000000283473", Name: "Éco-solvants SAS", Address: "9 rue Mercière, 69002 Lyon", Types: []string{"ECO_ORGANISME"}, SecurityCode: 1234},
		{VATNumber: "DE136695976", Name: "Spedition Rhein GmbH", Address: "Hafenstraße 1, 77694 Kehl", Types: []string{"TRANSPORTER"}, SecurityCode: 1234},
	}
}

func (s *Simulators) startNorway(ctx context.Context, dir, ip string, port, admin int) (settings string, err error) {
	const key = "simulated-key"
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	if err := writeFiles(dir, map[string][]byte{"key": []byte(key)}); err != nil {
		return "", err
	}
	s.Norway, err = autosys.New(autosys.Options{Keys: []string{key}, Path: filepath.Join(dir, "records.jsonl")})
	if err != nil {
		return "", err
	}
	if err := s.Norway.Add(autosys.SampleVehicles(time.Now())...); err != nil {
		return "", err
	}
	url, err := s.serve(ctx, s.Norway, ip, port, nil)
	if err != nil {
		return "", err
	}
	if err := s.administer(ctx, sluss.Autosys, s.Norway.Admin(), ip, admin); err != nil {
		return "", err
	}
	return fmt.Sprintf("  autosys:\n    base_url: %s%s\n    key_file: %s/key\n", url, autosys.QueryPath, dir), nil
}

func (s *Simulators) administer(ctx context.Context, name string, handler http.Handler, ip string, port int) error {
	url, err := s.serve(ctx, handler, ip, port, nil)
	s.Admin[name] = url
	return err
}

// serve listens and serves until Stop.
func (s *Simulators) serve(ctx context.Context, handler http.Handler, ip string, port int, encryption *tls.Config) (url string, err error) {
	listener, err := listenFree(ctx, ip, port)
	if err != nil {
		return "", err
	}
	server, scheme := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}, "http"
	if encryption != nil {
		server.TLSConfig, scheme = encryption, "https"
		listener = tls.NewListener(listener, encryption)
	}
	s.servers = append(s.servers, server)
	go func() {
		if err := server.Serve(listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			fmt.Fprintln(os.Stderr, "a simulator stopped:", err)
		}
	}()
	_, actual, err := net.SplitHostPort(listener.Addr().String())
	return fmt.Sprintf("%s://%s", scheme, net.JoinHostPort(reachable(ip), actual)), err
}

// Stop ends the simulators; their records are on disk already.
func (s *Simulators) Stop() {
	for _, server := range s.servers {
		_ = server.Close()
	}
	if s.Sweden != nil {
		_ = s.Sweden.Close()
	}
	if s.France != nil {
		_ = s.France.Close()
	}
	if s.Norway != nil {
		_ = s.Norway.Close()
	}
}

// writeFiles writes files that only the owner may read, each whole or not at
// all.
func writeFiles(dir string, files map[string][]byte) error {
	for name, data := range files {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path+".new", data, 0o600); err != nil {
			return err
		}
		if err := os.Rename(path+".new", path); err != nil {
			return err
		}
	}
	return nil
}
