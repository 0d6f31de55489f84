package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strconv"
	"sync"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/temporal"
)

// TemporalOptions are where a Temporal server keeps its state and where it listens.
// The zero value of every field but PostgresURL is usable.
type TemporalOptions struct {
	// PostgresURL names a PostgreSQL cluster (postgres://user:password@host:port/database?sslmode=disable) and a user that
	// may create databases in it. The database in it is only used to create the two of Temporal.
	PostgresURL string

	// Database is the name of Temporal's own database, "temporal" unless set; the one that answers its searches is
	// named after it, with "_visibility" at the end. Both are created when missing and brought up to date when older.
	Database string

	// IP is where the frontend and the web pages listen: 127.0.0.1 unless set. Everything else is always on 127.0.0.1.
	// There is no authentication: everybody who can reach the address may do anything.
	IP string

	// FrontendPort and UIPort are picked among the free ones when 0.
	FrontendPort, UIPort int

	// Namespace is "default" unless set; Retention, 72 hours unless set, is how long it keeps closed workflows.
	Namespace string
	Retention time.Duration

	// SearchAttributes are those that the namespace must have. Others that it has stay.
	SearchAttributes map[string]enumspb.IndexedValueType

	// CodecEndpoint is the URL of the codec server that the web pages decode payloads with. They show them as stored when empty.
	CodecEndpoint string

	// Hosts are further names, without ports, that browsers may reach the web pages
	// by: a proxy's, for example. They always accept this machine's own names, and no
	// others.
	Hosts []string

	// Logger gets what the server has to say, a few hundred lines a start at level info. Unless set, warnings and errors go to
	// standard error.
	Logger *slog.Logger
}

func (o TemporalOptions) withDefaults() TemporalOptions {
	if o.Database == "" {
		o.Database = "temporal"
	}
	if o.IP == "" {
		o.IP = loopback
	}
	if o.Namespace == "" {
		o.Namespace = "default"
	}
	if o.Retention == 0 {
		o.Retention = 72 * time.Hour
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	}
	return o
}

// validate returns the PostgreSQL cluster of the options, or everything that is wrong with them.
func (o TemporalOptions) validate() (postgresCluster, error) {
	cluster, err := newCluster(o.PostgresURL)
	faults := []error{err}
	if net.ParseIP(o.IP) == nil {
		faults = append(faults, fmt.Errorf("IP %q is not an IP address: give one of this machine's, such as 127.0.0.1", o.IP))
	}
	for _, port := range []int{o.FrontendPort, o.UIPort} {
		if port < 0 || port > 65535 {
			faults = append(faults, fmt.Errorf("%d is not a port: give 1 to 65535, or 0 for a free one", port))
		}
	}
	if o.Retention < 0 {
		faults = append(faults, fmt.Errorf("retention %s is negative: closed workflows are kept for 72h when it is 0", o.Retention))
	}
	if o.CodecEndpoint != "" {
		if u, err := url.Parse(o.CodecEndpoint); err != nil || u.Host == "" {
			faults = append(faults, fmt.Errorf("codec endpoint %q is not a URL such as http://127.0.0.1:8081", o.CodecEndpoint))
		}
	}
	return cluster, errors.Join(faults...)
}

// Temporal is a Temporal server in this process, with its web pages, on PostgreSQL.
type Temporal struct {
	address string
	uiURL   string

	logger serverLogger
	lock   *databaseLock
	server temporal.Server
	ui     *webUI
	stop   sync.Once
}

// StartTemporal starts a Temporal server on the given PostgreSQL and returns when it serves: the databases and the namespace
// are there, and every search attribute can be searched for. It may be called again and again on the same databases,
// also right after the process that had them was killed, and on other ports. Two servers cannot have them at the same time: the second
// waits some seconds for the first to go away and then returns an error.
//
// Cancelling ctx stops the server as Stop does. Give it context.WithoutCancel(ctx) where workers must stop first.
//
// When one of the server's ports is taken between the check and the start, the server
// ends the process, as on any fault of its own that it cannot continue from; it logs
// the reason first.
func StartTemporal(ctx context.Context, options TemporalOptions) (_ *Temporal, err error) {
	options = options.withDefaults()
	cluster, err := options.validate()
	if err != nil {
		return nil, fmt.Errorf("options of the Temporal server: %w", err)
	}
	t := &Temporal{logger: newServerLogger(options.Logger)}
	defer func() {
		if err != nil {
			t.Stop()
		}
	}()

	if t.lock, err = prepareDatabases(ctx, cluster, options, t.logger); err != nil {
		return nil, err
	}
	pages, err := listenFree(ctx, options.IP, options.UIPort)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = pages.Close()
		}
	}()
	chosen, err := choosePorts(ctx, options)
	if err != nil {
		return nil, err
	}
	host := reachable(options.IP)
	t.address = net.JoinHostPort(host, strconv.Itoa(chosen.frontend))
	t.uiURL = "http://" + net.JoinHostPort(host, strconv.Itoa(pages.Addr().(*net.TCPAddr).Port))

	server, err := temporal.NewServer(
		temporal.WithConfig(serverConfig(cluster, options, chosen)),
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithStaticHosts(staticHosts(t.address, chosen)),
		temporal.WithDynamicConfigClient(dynamicconfig.StaticClient(dynamicConfig())),
		temporal.WithAuthorizer(authorization.NewNoopAuthorizer()),
		temporal.WithLogger(t.logger),
	)
	if err != nil {
		return nil, fmt.Errorf("set up the Temporal server: %w", err)
	}
	if err := server.Start(); err != nil {
		return nil, fmt.Errorf("start the Temporal server: %w", err)
	}
	t.server = server
	if err := awaitNamespace(ctx, t.address, options); err != nil {
		return nil, err
	}
	if t.ui, err = startUI(ctx, t.address, t.uiURL, pages, options); err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, t.Stop)
	return t, nil
}

// Address returns the host and port that Temporal clients and workers dial.
func (t *Temporal) Address() string { return t.address }

// UIURL returns where the web pages are, without a slash at the end.
func (t *Temporal) UIURL() string { return t.uiURL }

// Stop stops the web pages and the server, and returns when they are down, after some seconds.
// What was under way goes on at the next start. Calling it again does nothing.
func (t *Temporal) Stop() {
	t.stop.Do(func() {
		t.logger.stopping.Store(true)
		if t.ui != nil {
			t.ui.Stop()
		}
		if t.server != nil {
			if err := t.server.Stop(); err != nil {
				t.logger.slog.Error("the Temporal server did not stop cleanly", "error", err)
			}
		}
		if t.lock != nil {
			t.lock.release()
		}
	})
}
