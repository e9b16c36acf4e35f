package archive

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/bmatcuk/doublestar/v4"
)

// Directory says which files of a directory go into an archive.
type Directory struct {
	// Path is the directory whose contents are archived.
	Path string
	// Excludes are paths relative to Path, or doublestar patterns for them, with forward slashes. A
	// directory that matches is left out with all that is in it.
	Excludes []string
	// ExcludeSymlinkDirectories leaves out symbolic links to directories. They are followed otherwise,
	// as links to files always are.
	ExcludeSymlinkDirectories bool
	// Output is the archive to be written. Should it lie in the directory, it does not contain itself.
	Output string
	// Mode replaces the mode of every file unless it is nil.
	Mode *fs.FileMode
}

// FromDirectory makes the entries of a directory, files only, in the lexical order of a walk.
func FromDirectory(directory Directory) ([]Entry, error) {
	info, err := os.Stat(directory.Path)
	switch {
	case os.IsNotExist(err):
		return nil, fmt.Errorf("source_dir %q does not exist: create it, or correct the path", directory.Path)
	case err != nil:
		return nil, fmt.Errorf("reading source_dir: %w", err)
	case !info.IsDir():
		return nil, fmt.Errorf("source_dir %q is a file: use source_file for it", directory.Path)
	}
	for _, pattern := range directory.Excludes {
		if !doublestar.ValidatePattern(pattern) {
			return nil, fmt.Errorf("excludes has %q, which is not a valid pattern: check its brackets and braces", pattern)
		}
	}
	walk := walk{Directory: directory}
	if walk.output, err = os.Stat(directory.Output); err != nil {
		walk.output = nil
	}
	if err := walk.into(directory.Path, "", nil); err != nil {
		return nil, err
	}
	if len(walk.entries) == 0 {
		return nil, fmt.Errorf("the archive of source_dir %q would be empty: put a file in it, or exclude less", directory.Path)
	}
	return walk.entries, nil
}

// walk gathers the entries of a directory.
type walk struct {
	Directory
	// output is the archive's previous version, nil when there is none.
	output  fs.FileInfo
	entries []Entry
}

// into adds the files below root, whose names in the archive begin with prefix. above holds the real
// paths of the directories that led here through links.
func (w *walk) into(root, prefix string, above []string) error {
	real, err := filepath.EvalSymlinks(root)
	if err != nil {
		return fmt.Errorf("reading a directory for the archive: %w", err)
	}
	for _, visited := range above {
		if relative, err := filepath.Rel(real, visited); err == nil && filepath.IsLocal(relative) {
			return fmt.Errorf("source_dir %q has a symbolic link at %q to a directory that contains it: remove it, or exclude it", w.Path, prefix)
		}
	}
	return filepath.WalkDir(real, func(path string, found fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("reading a directory for the archive: %w", err)
		}
		if path == real {
			return nil
		}
		relative, err := filepath.Rel(real, path)
		if err != nil {
			return fmt.Errorf("reading a directory for the archive: %w", err)
		}
		name := filepath.Join(prefix, relative)
		switch {
		case w.excluded(name) && found.IsDir():
			return filepath.SkipDir
		case w.excluded(name) || found.IsDir():
			return nil
		}
		return w.add(name, path, append(above, filepath.Dir(path)))
	})
}

// add adds the file at path, or what the link at path leads to.
func (w *walk) add(name, path string, above []string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("reading a file for the archive: %w", err)
	}
	switch {
	case info.IsDir() && w.ExcludeSymlinkDirectories:
		return nil
	case info.IsDir():
		return w.into(path, name, above)
	case w.output != nil && os.SameFile(info, w.output):
		return nil
	}
	entry, err := fileEntry(name, path, info, w.Mode)
	if err != nil {
		return err
	}
	w.entries = append(w.entries, entry)
	return nil
}

// excluded reports whether the file or directory of that name is to be left out.
func (w *walk) excluded(name string) bool {
	for _, pattern := range w.Excludes {
		if doublestar.MatchUnvalidated(pattern, filepath.ToSlash(name)) {
			return true
		}
	}
	return false
}
