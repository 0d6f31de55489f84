package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync/atomic"

	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/log/tag"
)

// serverLogger passes the log of the Temporal server to slog until the server is
// stopping: after that, its remaining services only complain that others have ended.
type serverLogger struct {
	slog     *slog.Logger
	stopping *atomic.Bool
}

// noContext is the context of all log lines, because the server's loggers get none.
var noContext = context.Background() //nolint:forbidigo // as above

func newServerLogger(logger *slog.Logger) serverLogger {
	return serverLogger{logger, new(atomic.Bool)}
}

var (
	_ log.Logger      = serverLogger{}
	_ log.WithLogger  = serverLogger{}
	_ log.SLogWrapper = serverLogger{}
)

func (l serverLogger) log(level slog.Level, message string, tags []tag.Tag) {
	if level >= slog.LevelWarn && expected(message, tags) {
		level = slog.LevelInfo
	}
	if !l.stopping.Load() && l.slog.Enabled(noContext, level) {
		l.slog.LogAttrs(noContext, level, message, attributes(tags)...)
	}
}

// expected tells whether a warning or error is normal at a start and needs no action.
func expected(message string, tags []tag.Tag) bool {
	// That API is off on purpose: any page in a browser on this machine could call it.
	if strings.HasPrefix(message, "HTTP API port has not been set") {
		return true
	}
	// A queue was looked at before its shard was ready; it is looked at again.
	return slices.ContainsFunc(tags, func(t tag.Tag) bool {
		return t.Key() == "error" && fmt.Sprint(t.Value()) == "shard status unknown"
	})
}

func (l serverLogger) always(message string, tags []tag.Tag) {
	l.slog.LogAttrs(noContext, slog.LevelError, message, attributes(tags)...)
}

func attributes(tags []tag.Tag) []slog.Attr {
	attributes := make([]slog.Attr, len(tags))
	for i, t := range tags {
		attributes[i] = slog.Any(t.Key(), t.Value())
	}
	return attributes
}

// Debug implements log.Logger.
func (l serverLogger) Debug(message string, tags ...tag.Tag) { l.log(slog.LevelDebug, message, tags) }

// Info implements log.Logger.
func (l serverLogger) Info(message string, tags ...tag.Tag) { l.log(slog.LevelInfo, message, tags) }

// Warn implements log.Logger.
func (l serverLogger) Warn(message string, tags ...tag.Tag) { l.log(slog.LevelWarn, message, tags) }

// Error implements log.Logger.
func (l serverLogger) Error(message string, tags ...tag.Tag) { l.log(slog.LevelError, message, tags) }

// DPanic implements log.Logger; it panics in development only, which this is not.
func (l serverLogger) DPanic(message string, tags ...tag.Tag) { l.Error(message, tags...) }

// Panic implements log.Logger, which asks for a panic.
func (l serverLogger) Panic(message string, tags ...tag.Tag) {
	l.always(message, tags)
	panic(message)
}

// Fatal implements log.Logger, which asks for the end of the process.
func (l serverLogger) Fatal(message string, tags ...tag.Tag) {
	l.always(message, tags)
	os.Exit(1)
}

// With implements log.WithLogger.
func (l serverLogger) With(tags ...tag.Tag) log.Logger {
	return serverLogger{slog.New(l.slog.Handler().WithAttrs(attributes(tags))), l.stopping}
}

// SLog implements log.SLogWrapper.
func (l serverLogger) SLog() *slog.Logger { return l.slog }
