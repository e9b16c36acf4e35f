package archive

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// plain is the mode that most tests give every file.
var plain = fs.FileMode(0o644)

// tree writes files below a new directory, in the given order, and returns it.
func tree(t *testing.T, files ...string) string {
	t.Helper()
	root := t.TempDir()
	for _, name := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("content of "+name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// link makes a symbolic link below root.
func link(t *testing.T, root, target, name string) {
	t.Helper()
	if err := os.Symlink(target, filepath.Join(root, name)); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
}

// names lists what FromDirectory finds.
func names(t *testing.T, directory Directory) []string {
	t.Helper()
	entries, err := FromDirectory(directory)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name)
	}
	return names
}

func zipOf(t *testing.T, entries []Entry, err error) []byte {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	content, err := Zip(entries)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// TestZip_HashesOfHashicorpArchive holds the zips against the SHA-256 sums that hashicorp/archive's own
// acceptance tests publish for the same inputs.
func TestZip_HashesOfHashicorpArchive(t *testing.T) {
	mode := fs.FileMode(0o666)
	root := t.TempDir()
	for name, content := range map[string]string{
		"test-file.txt":      "This is test content",
		"test-dir/file1.txt": "This is file 1",
		"test-dir/file2.txt": "This is file 2",
		"test-dir/file3.txt": "This is file 3",
	} {
		if err := Write(filepath.Join(root, name), []byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	file, fileErr := FromFile(filepath.Join(root, "test-file.txt"), &mode)
	directory, directoryErr := FromDirectory(Directory{Path: filepath.Join(root, "test-dir"), Mode: &mode})

	for _, test := range []struct {
		kind    string
		content []byte
		want    string
	}{
		{"source_content", zipOf(t, FromContent(map[string]string{"content.txt": "This is some content"}), nil), "3fb55c931a048943b8d7558dde7c2e4bfc8e04be33b1b55691053d1352391fa7"},
		{"source_file", zipOf(t, file, fileErr), "5131387f97167da47aa741df3ab2c82f182f17c514c222538d34708d04e0756b"},
		{"source_dir", zipOf(t, directory, directoryErr), "c9d07cc2dabc9caf6f43bed51fa613c281e6ca58cae3a8d6fae2094b00b3369a"},
	} {
		sum := sha256.Sum256(test.content)
		if got := hex.EncodeToString(sum[:]); got != test.want {
			t.Errorf("%s: sha256 %s, want %s", test.kind, got, test.want)
		}
	}
}

func TestZip_SameBytesWhateverTheFilesLookLike(t *testing.T) {
	first := tree(t, "a/one.js", "a/two.js", "a-b.js", "z.js")
	second := tree(t, "z.js", "a-b.js", "a/two.js", "a/one.js")
	err := filepath.WalkDir(second, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			err = os.Chmod(path, 0o600)
		}
		if err == nil {
			err = os.Chtimes(path, time.Unix(1, 0), time.Unix(1_000_000, 0))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	entries, err := FromDirectory(Directory{Path: first, Mode: &plain})
	want := zipOf(t, entries, err)

	t.Chdir(second)
	for _, path := range []string{second, ".", second + "/", "./a/.."} {
		entries, err := FromDirectory(Directory{Path: path, Mode: &plain})
		if got := zipOf(t, entries, err); !bytes.Equal(got, want) {
			t.Errorf("the zip of %q has other bytes", path)
		}
	}
}

func TestZip_EntriesCarryModeAndDate(t *testing.T) {
	root := tree(t, "run.sh")
	if err := os.Chmod(filepath.Join(root, "run.sh"), 0o750); err != nil {
		t.Fatal(err)
	}
	given := fs.FileMode(0o444)
	for _, test := range []struct {
		mode *fs.FileMode
		want fs.FileMode
	}{{&given, 0o444}, {nil, 0o750}} {
		entries, err := FromDirectory(Directory{Path: root, Mode: test.mode})
		content := zipOf(t, entries, err)
		reader, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
		if err != nil {
			t.Fatal(err)
		}
		file := reader.File[0]
		if file.Mode() != test.want || file.Method != zip.Deflate {
			t.Errorf("mode %v, method %d; want %v, %d", file.Mode(), file.Method, test.want, zip.Deflate)
		}
		if want := time.Date(2049, 1, 1, 0, 0, 0, 0, time.UTC); !file.Modified.Equal(want) || len(file.Extra) != 0 {
			t.Errorf("dated %v with extra %x; want %v and none", file.Modified, file.Extra, want)
		}
		opened, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		if read, err := io.ReadAll(opened); err != nil || string(read) != "content of run.sh" {
			t.Errorf("content %q, error %v", read, err)
		}
	}
}

func TestFromDirectory_Excludes(t *testing.T) {
	root := tree(t, "index.js", "index.js.map", "lib/deep/x.test.js", "lib/deep/x.js", "lib/y.js", "node_modules/m/i.js")
	for _, test := range []struct {
		excludes string
		want     string
	}{
		{"", "index.js index.js.map lib/deep/x.js lib/deep/x.test.js lib/y.js node_modules/m/i.js"},
		{"node_modules", "index.js index.js.map lib/deep/x.js lib/deep/x.test.js lib/y.js"},
		{"*.map node_modules", "index.js lib/deep/x.js lib/deep/x.test.js lib/y.js"},
		{"**/*.test.js node_modules/**", "index.js index.js.map lib/deep/x.js lib/y.js"},
		{"lib/{deep,none} index.*", "lib/y.js node_modules/m/i.js"},
		{"y.js absent", "index.js index.js.map lib/deep/x.js lib/deep/x.test.js lib/y.js node_modules/m/i.js"},
	} {
		got := strings.Join(names(t, Directory{Path: root, Excludes: strings.Fields(test.excludes)}), " ")
		if got != test.want {
			t.Errorf("excludes %q: got %q, want %q", test.excludes, got, test.want)
		}
	}
}

func TestFromDirectory_Links(t *testing.T) {
	root := tree(t, "app/index.js", "shared/lib.js")
	link(t, root, filepath.Join("..", "shared"), "app/shared")
	link(t, root, filepath.Join("..", "shared", "lib.js"), "app/lib.js")
	app := filepath.Join(root, "app")

	if got, want := names(t, Directory{Path: app}), []string{"index.js", "lib.js", "shared/lib.js"}; !slices.Equal(got, want) {
		t.Errorf("followed: got %v, want %v", got, want)
	}
	if got, want := names(t, Directory{Path: app, ExcludeSymlinkDirectories: true}), []string{"index.js", "lib.js"}; !slices.Equal(got, want) {
		t.Errorf("excluded: got %v, want %v", got, want)
	}

	link(t, root, filepath.Join("..", "app"), "shared/again")
	if _, err := FromDirectory(Directory{Path: app}); err == nil || !strings.Contains(err.Error(), `"shared/again"`) {
		t.Errorf("a link to a directory that contains it: got error %v", err)
	}
}

func TestFromDirectory_LeavesOutItsOwnOutput(t *testing.T) {
	root := tree(t, "index.js")
	output := filepath.Join(root, "out.zip")
	if err := Write(output, []byte("an earlier archive")); err != nil {
		t.Fatal(err)
	}
	if got, want := names(t, Directory{Path: root, Output: output}), []string{"index.js"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestSources_Errors(t *testing.T) {
	root := tree(t, "file.js")
	file, missing := filepath.Join(root, "file.js"), filepath.Join(root, "missing")
	source := func(_ []Entry, err error) error { return err }
	for _, test := range []struct {
		err  error
		want string
	}{
		{source(FromFile(missing, nil)), "does not exist"},
		{source(FromFile(root, nil)), "use source_dir"},
		{source(FromDirectory(Directory{Path: missing})), "does not exist"},
		{source(FromDirectory(Directory{Path: file})), "use source_file"},
		{source(FromDirectory(Directory{Path: root, Excludes: []string{"**"}})), "would be empty"},
		{source(FromDirectory(Directory{Path: root, Excludes: []string{"[a"}})), `"[a"`},
	} {
		if test.err == nil || !strings.Contains(test.err.Error(), test.want) {
			t.Errorf("got error %v, want one with %q", test.err, test.want)
		}
	}
}

func TestParseFileMode(t *testing.T) {
	if mode, err := ParseFileMode("0750"); err != nil || *mode != 0o750 {
		t.Errorf("0750: got %v, %v", mode, err)
	}
	if mode, err := ParseFileMode(""); err != nil || mode != nil {
		t.Errorf("unset: got %v, %v", mode, err)
	}
	for _, value := range []string{"644", "0888", "04755", "rw-r--r--", "-0644"} {
		if _, err := ParseFileMode(value); err == nil || !strings.Contains(err.Error(), value) {
			t.Errorf("%q: got error %v", value, err)
		}
	}
}

func TestWrite_CreatesDirectoriesAndLeavesNothingElse(t *testing.T) {
	directory := filepath.Join(t.TempDir(), "a", "b")
	for _, content := range []string{"first", "second"} {
		if err := Write(filepath.Join(directory, "out.zip"), []byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	listed, err := os.ReadDir(directory)
	if err != nil || len(listed) != 1 {
		t.Fatalf("the directory holds %v, error %v", listed, err)
	}
	if read, _ := os.ReadFile(filepath.Join(directory, "out.zip")); string(read) != "second" {
		t.Errorf("content %q", read)
	}
}
