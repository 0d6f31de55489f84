package postgres

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

const poll = 5 * time.Millisecond

// listen starts the server on the port that the options ask for. A free port
// may be taken by somebody else before the server has it, so that is tried again.
func (c *Cluster) listen(ctx context.Context, bin string, o Options) error {
	for attempt := 1; ; attempt++ {
		c.port = o.Port
		if o.Port == 0 {
			port, err := freePort(ctx)
			if err != nil {
				return err
			}
			c.port = port
		}
		err := c.launch(ctx, bin, o)
		if err == nil {
			return nil
		}
		taken := strings.Contains(err.Error(), "could not bind")
		if taken && o.Port == 0 && attempt < 5 {
			continue
		}
		if taken {
			return fmt.Errorf("port %d is taken; choose another, or 0 for a free one: %w", c.port, err)
		}
		return err
	}
}

func freePort(ctx context.Context) (int, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// launch starts the server process and waits until it accepts connections.
func (c *Cluster) launch(ctx context.Context, bin string, o Options) error {
	connections := o.MaxConnections
	if connections == 0 {
		connections = 200
	}
	settings := []string{
		"port=" + strconv.Itoa(c.port),
		"listen_addresses=127.0.0.1",
		"unix_socket_directories=",
		"max_connections=" + strconv.Itoa(connections),
		"logging_collector=off",
		"log_destination=stderr",
	}
	if o.Throwaway {
		settings = append(settings, "fsync=off", "synchronous_commit=off", "full_page_writes=off")
	}
	var args []string
	for _, s := range settings {
		args = append(args, "-c", s)
	}
	c.output = &tail{to: o.Log}
	c.done = make(chan struct{})
	cmd, inherited, err := c.account.command(context.WithoutCancel(ctx), filepath.Join(bin, "postgres"), c.dir, args...)
	if err != nil {
		return err
	}
	cmd.Stdout, cmd.Stderr = c.output, c.output
	cmd.WaitDelay = 5 * time.Second
	dieWithUs(cmd)

	started := make(chan error)
	go func() {
		// The signal at our death is bound to the thread that starts the
		// child: this goroutine keeps its thread as long as the child lives.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		inherited()
		started <- err
		if err == nil {
			c.err = cmd.Wait()
			close(c.done)
		}
	}()
	if err := <-started; err != nil {
		return err
	}
	c.process = cmd.Process
	return c.awaitReady(ctx)
}

func (c *Cluster) awaitReady(ctx context.Context) error {
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for {
		if file, err := readPIDFile(c.dir); err == nil && file.pid == c.process.Pid && file.ready {
			return nil
		}
		select {
		case <-c.done:
			return fmt.Errorf("the server ended at once: %w%s", c.ended(), c.output.lastLines())
		case <-ctx.Done():
			c.end()
			return fmt.Errorf("the server was not ready in time: %w%s", context.Cause(ctx), c.output.lastLines())
		case <-tick.C:
		}
	}
}
