package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/lib/pq"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql"
	"go.temporal.io/server/tools/common/schema"
	temporalsql "go.temporal.io/server/tools/sql"
)

// serverLock is the key of the advisory lock that a server holds in its database.
const serverLock = "sluss: the Temporal server of this database"

func visibilityDatabase(main string) string { return main + "_visibility" }

// postgresCluster is a PostgreSQL cluster and our user there.
type postgresCluster struct{ url *url.URL }

func newCluster(postgresURL string) (postgresCluster, error) {
	u, err := url.Parse(postgresURL)
	switch {
	case err != nil:
		// The error of url.Parse quotes the URL, which holds a password.
		return postgresCluster{}, errors.New("the PostgreSQL URL cannot be read: write postgres://user:password@host:port/database, with special characters as %XX")
	case u.Scheme != "postgres" && u.Scheme != "postgresql", u.Host == "", u.User.Username() == "":
		return postgresCluster{}, fmt.Errorf("the PostgreSQL URL %q is incomplete: write postgres://user:password@host:port/database", u.Redacted())
	case strings.Trim(u.Path, "/") == "":
		u.Path = "/postgres"
	}
	return postgresCluster{u}, nil
}

// open connects to one database, or to the one in the URL when it is "".
func (c postgresCluster) open(database string) (*sql.DB, error) {
	u := *c.url
	if database != "" {
		u.Path = "/" + database
	}
	return sql.Open("postgres", u.String())
}

// sql is the server's way to connect to one database.
func (c postgresCluster) sql(database string, connections int) *config.SQL {
	password, _ := c.url.User.Password()
	attributes := map[string]string{"sslmode": "require"} // as it is elsewhere when the URL does not say it
	for key, values := range c.url.Query() {
		attributes[key] = values[0]
	}
	return &config.SQL{
		PluginName:        postgresql.PluginName,
		ConnectProtocol:   "tcp",
		ConnectAddr:       c.url.Host,
		User:              url.PathEscape(c.url.User.Username()),
		Password:          password,
		DatabaseName:      database,
		ConnectAttributes: attributes,
		MaxConns:          connections,
		MaxIdleConns:      connections,
	}
}

// prepareDatabases makes both databases what this version of the server, and the options, need.
func prepareDatabases(ctx context.Context, cluster postgresCluster, options TemporalOptions, logger log.Logger) (*databaseLock, error) {
	visibility := visibilityDatabase(options.Database)
	schemas := map[string]string{options.Database: "postgresql/v12/temporal", visibility: "postgresql/v12/visibility"}
	if err := cluster.create(ctx, schemas, logger); err != nil {
		return nil, fmt.Errorf("create the databases of Temporal: %w", err)
	}
	lock, err := cluster.lock(ctx, options.Database)
	if err != nil {
		return nil, err
	}
	err = errors.Join(
		cluster.migrate(options.Database, schemas[options.Database], logger),
		cluster.migrate(visibility, schemas[visibility], logger),
	)
	if err == nil {
		err = registerNamespace(ctx, cluster, options, logger)
	}
	if err != nil {
		lock.release()
		return nil, err
	}
	return lock, nil
}

// create creates the databases that are missing, each with its schema, given by name.
// A schema is set up in many steps that cannot be resumed in the middle. So it is set
// up in a database with a temporary name: a database with its final name is complete.
func (c postgresCluster) create(ctx context.Context, schemas map[string]string, logger log.Logger) error {
	db, err := c.open("")
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	one, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = one.Close() }() // and with it the lock, which keeps others from creating the same
	if _, err := one.ExecContext(ctx, `select pg_advisory_lock(hashtext($1))`, serverLock+" creation"); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		var there bool
		if err := one.QueryRowContext(ctx, `select exists (select from pg_database where datname = $1)`, name).Scan(&there); err != nil {
			return err
		}
		if there {
			continue
		}
		unfinished := name + "_unfinished"
		for _, statement := range []string{
			`drop database if exists ` + pq.QuoteIdentifier(unfinished) + ` with (force)`,
			`create database ` + pq.QuoteIdentifier(unfinished),
		} {
			if _, err := one.ExecContext(ctx, statement); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		if err := c.migrate(unfinished, schemas[name], logger); err != nil {
			return err
		}
		if err := c.sign(ctx, unfinished, name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if _, err := one.ExecContext(ctx, `alter database `+pq.QuoteIdentifier(unfinished)+` rename to `+pq.QuoteIdentifier(name)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// sign writes the final name of the database into its table of schema versions, whose
// rows are by name of the database.
func (c postgresCluster) sign(ctx context.Context, database, name string) error {
	db, err := c.open(database)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	_, err = db.ExecContext(ctx, `update schema_version set db_name = $1`, name)
	return err
}

// migrate brings the schema of a database up to that of this version of the server.
func (c postgresCluster) migrate(database, schemaName string, logger log.Logger) error {
	connection, err := temporalsql.NewConnection(c.sql(database, 1), logger)
	if err != nil {
		return fmt.Errorf("open the database %s: %w", database, err)
	}
	defer connection.Close()
	err = schema.NewSetupSchemaTask(connection, &schema.SetupConfig{InitialVersion: "0.0"}, logger).Run()
	if err != nil {
		return fmt.Errorf("set up the database %s: %w", database, err)
	}
	err = schema.NewUpdateSchemaTask(connection, &schema.UpdateConfig{SchemaName: schemaName}, logger).Run()
	if err != nil {
		return fmt.Errorf("update the schema of the database %s: %w", database, err)
	}
	return nil
}

// databaseLock keeps a second server off a database. Being a connection, it ends with the process.
type databaseLock struct {
	db         *sql.DB
	connection *sql.Conn
}

// lock waits some seconds for a server that is about to end, because PostgreSQL may
// notice a killed server a little late.
func (c postgresCluster) lock(ctx context.Context, database string) (*databaseLock, error) {
	db, err := c.open(database)
	if err != nil {
		return nil, err
	}
	connection, err := db.Conn(ctx)
	if err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("open the database %s: %w", database, err)
	}
	lock := &databaseLock{db, connection}
	err = poll(ctx, 10*time.Second, func(ctx context.Context) error {
		var ours bool
		err := connection.QueryRowContext(ctx, `select pg_try_advisory_lock(hashtext($1))`, serverLock).Scan(&ours)
		if err == nil && !ours {
			err = fmt.Errorf("another Temporal server runs on the database %s: stop it, or use another database", database)
		}
		return err
	})
	if err != nil {
		lock.release()
		return nil, err
	}
	return lock, nil
}

func (l *databaseLock) release() {
	_ = l.connection.Close()
	_ = l.db.Close()
}
