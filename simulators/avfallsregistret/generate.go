//go:build ignore

// Command generate writes tables/avfallskoder.tsv and tables/felkoder.tsv, the compact tables that the simulator
// embeds, from the reference tables in a folder next to the repository (annex 3 of
// SFS 2020:614 and the registry's error catalogue).
package main

import (
	"bufio"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
)

const reference = "../../../shared/data"

func main() {
	log.SetFlags(0)
	write("avfallskoder.tsv", "sweden-avfallskoder.tsv",
		"# Annex 3 of SFS 2020:614 as worded until 2026-12-08: code, H where hazardous, wording.", wasteCode)
	write("felkoder.tsv", "sweden-felkoder.tsv",
		"# Error catalogue of the registry: code, text. 4101-4104 come twice; the first of each is of the agent's details.", errorCode)
}

func wasteCode(column []string) string {
	hazardous := ""
	if column[2] == "1" {
		hazardous = "H"
	}
	return column[0] + "\t" + hazardous + "\t" + column[3]
}

func errorCode(column []string) string { return column[0] + "\t" + column[1] }

func write(to, from, heading string, line func(column []string) string) {
	source, err := os.Open(filepath.Join(reference, from))
	if err != nil {
		log.Fatalf("read the reference table: %v", err)
	}
	defer source.Close()
	var out strings.Builder
	fmt.Fprintln(&out, heading)
	scanner := bufio.NewScanner(source)
	for scanner.Scan() {
		if strings.HasPrefix(scanner.Text(), "#") {
			continue
		}
		fmt.Fprintln(&out, line(strings.Split(scanner.Text(), "\t")))
	}
	if err := scanner.Err(); err != nil {
		log.Fatalf("read %s: %v", from, err)
	}
	if err := os.WriteFile(filepath.Join("tables", to), []byte(out.String()), 0o644); err != nil {
		log.Fatalf("write the table: %v", err)
	}
}
