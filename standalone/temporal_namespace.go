package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	persistencespb "go.temporal.io/server/api/persistence/v1"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/metrics"
	"go.temporal.io/server/common/persistence"
	"go.temporal.io/server/common/persistence/serialization"
	"go.temporal.io/server/common/persistence/sql"
	"go.temporal.io/server/common/primitives"
	"go.temporal.io/server/common/resolver"
	"go.temporal.io/server/common/searchattribute/sadefs"
	"google.golang.org/protobuf/types/known/durationpb"
)

// registerNamespace writes the namespace and its search attributes into the database of a server that does not run yet.
// Added to a running one, they would be unknown for some seconds, at different times in each of its services.
func registerNamespace(ctx context.Context, cluster postgresCluster, options TemporalOptions, logger log.Logger) error {
	serializer := serialization.NewSerializer()
	factory := sql.NewFactory(*cluster.sql(options.Database, 1), resolver.NewNoopResolver(), clusterName, logger, metrics.NoopMetricsHandler, serializer)
	defer factory.Close()
	store, err := factory.NewMetadataStore()
	if err != nil {
		return fmt.Errorf("open the namespaces of Temporal: %w", err)
	}
	namespaces := persistence.NewMetadataManagerImpl(store, serializer, logger, clusterName)

	found, err := namespaces.GetNamespace(ctx, &persistence.GetNamespaceRequest{Name: options.Namespace})
	if _, missing := errors.AsType[*serviceerror.NamespaceNotFound](err); missing {
		namespace := newNamespace(options.Namespace)
		if err := configure(namespace, options); err != nil {
			return err
		}
		if _, err := namespaces.CreateNamespace(ctx, &persistence.CreateNamespaceRequest{Namespace: namespace}); err != nil {
			return fmt.Errorf("create the namespace %s: %w", options.Namespace, err)
		}
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for the namespace %s: %w", options.Namespace, err)
	}

	if err := configure(found.Namespace, options); err != nil {
		return err
	}
	metadata, err := namespaces.GetMetadata(ctx)
	if err != nil {
		return fmt.Errorf("read the version of the namespaces: %w", err)
	}
	found.Namespace.ConfigVersion++
	err = namespaces.UpdateNamespace(ctx, &persistence.UpdateNamespaceRequest{
		Namespace:           found.Namespace,
		IsGlobalNamespace:   found.IsGlobalNamespace,
		NotificationVersion: metadata.NotificationVersion,
	})
	if err != nil {
		return fmt.Errorf("update the namespace %s: %w", options.Namespace, err)
	}
	return nil
}

func newNamespace(name string) *persistencespb.NamespaceDetail {
	return &persistencespb.NamespaceDetail{
		Info: &persistencespb.NamespaceInfo{
			Id:    primitives.NewUUID().String(),
			Name:  name,
			State: enumspb.NAMESPACE_STATE_REGISTERED,
		},
		Config: &persistencespb.NamespaceConfig{
			HistoryArchivalState:    enumspb.ARCHIVAL_STATE_DISABLED,
			VisibilityArchivalState: enumspb.ARCHIVAL_STATE_DISABLED,
		},
		ReplicationConfig: &persistencespb.NamespaceReplicationConfig{
			ActiveClusterName: clusterName,
			Clusters:          []string{clusterName},
		},
	}
}

// configure sets the retention and the search attributes of a namespace. The error
// has everything that could not be set, and why.
func configure(namespace *persistencespb.NamespaceDetail, options TemporalOptions) error {
	namespace.Config.Retention = durationpb.New(options.Retention)
	if namespace.Config.CustomSearchAttributeAliases == nil {
		namespace.Config.CustomSearchAttributeAliases = map[string]string{}
	}
	return addSearchAttributes(namespace.Config.CustomSearchAttributeAliases, options.SearchAttributes)
}

// addSearchAttributes gives each wanted attribute a column of its type. A database has a fixed number of columns of each;
// names has, by column, the attributes that have one.
func addSearchAttributes(names map[string]string, wanted map[string]enumspb.IndexedValueType) error {
	columns := sadefs.GetDBIndexSearchAttributes(nil).CustomSearchAttributes
	columnOf := map[string]string{}
	for column, name := range names {
		columnOf[name] = column
	}
	var faults []error
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		kind := wanted[name]
		if sadefs.IsReserved(name) {
			faults = append(faults, fmt.Errorf("search attribute %q: the name belongs to Temporal, take another", name))
			continue
		}
		if column, there := columnOf[name]; there {
			if columns[column] != kind {
				faults = append(faults, fmt.Errorf("search attribute %q is a %s, not a %s: take another name", name, columns[column], kind))
			}
			continue
		}
		column, free := freeColumn(columns, names, kind)
		if !free {
			faults = append(faults, fmt.Errorf("search attribute %q: no column is left for another %s", name, kind))
			continue
		}
		names[column] = name
	}
	return errors.Join(faults...)
}

func freeColumn(columns map[string]enumspb.IndexedValueType, names map[string]string, kind enumspb.IndexedValueType) (string, bool) {
	for _, column := range slices.Sorted(maps.Keys(columns)) {
		if _, taken := names[column]; columns[column] == kind && !taken {
			return column, true
		}
	}
	return "", false
}

// awaitNamespace returns when the server at address answers a search for every search attribute of the options.
func awaitNamespace(ctx context.Context, address string, options TemporalOptions) error {
	c, err := client.NewLazyClient(client.Options{
		HostPort:  address,
		Namespace: options.Namespace,
		Logger:    sdklog.NewStructuredLogger(options.Logger),
	})
	if err != nil {
		return fmt.Errorf("dial the Temporal server: %w", err)
	}
	defer c.Close()

	var conditions []string
	for _, name := range slices.Sorted(maps.Keys(options.SearchAttributes)) {
		conditions = append(conditions, "`"+name+"` is null")
	}
	query := &workflowservice.CountWorkflowExecutionsRequest{Query: strings.Join(conditions, " and ")}
	err = poll(ctx, 30*time.Second, func(ctx context.Context) error {
		_, err := c.CountWorkflow(ctx, query)
		return err
	})
	if err != nil {
		return fmt.Errorf("wait for the namespace %s: %w", options.Namespace, err)
	}
	return nil
}
