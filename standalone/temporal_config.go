package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"

	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/primitives"
)

const (
	loopback    = "127.0.0.1"
	clusterName = "active"

	// historyShards is fixed for the life of a database.
	historyShards = 4

	// Each of the four services has a pool for either database, so a server holds at most 4 x (12 + 6) connections.
	mainConnections       = 12
	visibilityConnections = 6
)

// ports are the ones that a server listens on by itself.
type ports struct {
	frontend, history, matching, worker int
}

// choosePorts checks the ports that were asked for and picks the others. It holds all of them open until the last is found,
// so that they differ.
func choosePorts(ctx context.Context, options TemporalOptions) (ports, error) {
	var listeners []net.Listener
	defer func() {
		for _, l := range listeners {
			_ = l.Close()
		}
	}()
	var p ports
	for _, wanted := range []struct {
		ip   string
		port int
		to   *int
	}{
		{options.IP, options.FrontendPort, &p.frontend},
		{loopback, 0, &p.history},
		{loopback, 0, &p.matching},
		{loopback, 0, &p.worker},
	} {
		listener, err := listenFree(ctx, wanted.ip, wanted.port)
		if err != nil {
			return ports{}, err
		}
		listeners = append(listeners, listener)
		*wanted.to = listener.Addr().(*net.TCPAddr).Port
	}
	return p, nil
}

// listenFree listens on a port, or on a free one when it is 0. The free one is below those that the kernel gives to outgoing
// connections, since one of these could take it between here and the start of the server.
func listenFree(ctx context.Context, ip string, port int) (net.Listener, error) {
	const first, count, attempts = 20000, 10000, 100
	var listen net.ListenConfig
	if port != 0 {
		listener, err := listen.Listen(ctx, "tcp", net.JoinHostPort(ip, strconv.Itoa(port)))
		if err != nil {
			return nil, fmt.Errorf("port %d cannot be listened on, give another one or 0 for any: %w", port, err)
		}
		return listener, nil
	}
	var err error
	for range attempts {
		var listener net.Listener
		if listener, err = listen.Listen(ctx, "tcp", net.JoinHostPort(ip, strconv.Itoa(first+rand.IntN(count)))); err == nil {
			return listener, nil
		}
	}
	return nil, fmt.Errorf("no free port from %d to %d: %w", first, first+count-1, err)
}

// reachable returns the address to dial for what listens on ip.
func reachable(ip string) string {
	parsed := net.ParseIP(ip)
	switch {
	case !parsed.IsUnspecified():
		return ip
	case parsed.To4() == nil:
		return net.IPv6loopback.String()
	default:
		return loopback
	}
}

func serverConfig(postgres postgresCluster, options TemporalOptions, p ports) *config.Config {
	frontend := net.JoinHostPort(reachable(options.IP), strconv.Itoa(p.frontend))
	visibility := visibilityDatabase(options.Database)
	service := func(ip string, port int) config.Service {
		return config.Service{RPC: config.RPC{GRPCPort: port, BindOnIP: ip}}
	}
	return &config.Config{
		Persistence: config.Persistence{
			DefaultStore:     options.Database,
			VisibilityStore:  visibility,
			NumHistoryShards: historyShards,
			DataStores: map[string]config.DataStore{
				options.Database: {SQL: postgres.sql(options.Database, mainConnections)},
				visibility:       {SQL: postgres.sql(visibility, visibilityConnections)},
			},
		},
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10,
			MasterClusterName:        clusterName,
			CurrentClusterName:       clusterName,
			ClusterInformation: map[string]cluster.ClusterInformation{
				clusterName: {Enabled: true, InitialFailoverVersion: 1, RPCAddress: frontend},
			},
		},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		Services: map[string]config.Service{
			string(primitives.FrontendService): service(options.IP, p.frontend),
			string(primitives.HistoryService):  service(loopback, p.history),
			string(primitives.MatchingService): service(loopback, p.matching),
			string(primitives.WorkerService):   service(loopback, p.worker),
		},
		Archival: config.Archival{
			History:    config.HistoryArchival{State: config.ArchivalDisabled},
			Visibility: config.VisibilityArchival{State: config.ArchivalDisabled},
		},
		NamespaceDefaults: config.NamespaceDefaults{Archival: config.ArchivalNamespaceDefaults{
			History:    config.HistoryArchivalNamespaceDefaults{State: config.ArchivalDisabled},
			Visibility: config.VisibilityArchivalNamespaceDefaults{State: config.ArchivalDisabled},
		}},
		PublicClient: config.PublicClient{HostPort: frontend},
	}
}

// staticHosts tell the services where the others are. They would find each other
// through a table in the database, which for a while still lists a process that was
// killed.
func staticHosts(frontend string, p ports) map[primitives.ServiceName]static.Hosts {
	local := func(port int) static.Hosts {
		return static.SingleLocalHost(net.JoinHostPort(loopback, strconv.Itoa(port)))
	}
	return map[primitives.ServiceName]static.Hosts{
		primitives.FrontendService: static.SingleLocalHost(frontend),
		primitives.HistoryService:  local(p.history),
		primitives.MatchingService: local(p.matching),
		primitives.WorkerService:   local(p.worker),
	}
}

// dynamicConfig changes the server's defaults that are meant for a large cluster with many users.
func dynamicConfig() map[dynamicconfig.Key]any {
	const plenty = 100_000
	return map[dynamicconfig.Key]any{
		// With 20 a second, each step of a workflow waits up to 50 ms for the next look at its queue.
		dynamicconfig.TransferProcessorMaxPollRPS.Key(): 1000,
		// With 1 s, every timer and every retry is up to that late.
		dynamicconfig.TimerProcessorMaxTimeShift.Key(): "10ms",
		// One partition keeps the order of priorities exact; several pay from some hundred tasks a second on.
		dynamicconfig.MatchingNumTaskqueueReadPartitions.Key():  1,
		dynamicconfig.MatchingNumTaskqueueWritePartitions.Key(): 1,
		dynamicconfig.MatchingEnableFairness.Key():              true,
		// The one tenant may have all that the machine can do.
		dynamicconfig.FrontendRPS.Key():                                  plenty,
		dynamicconfig.FrontendMaxNamespaceRPSPerInstance.Key():           plenty,
		dynamicconfig.FrontendMaxNamespaceVisibilityRPSPerInstance.Key(): 1000,
		dynamicconfig.HistoryRPS.Key():                                   plenty,
		dynamicconfig.MatchingRPS.Key():                                  plenty,
		// It asks Temporal's makers for news.
		dynamicconfig.EnableServerVersionCheck.Key(): false,
	}
}
