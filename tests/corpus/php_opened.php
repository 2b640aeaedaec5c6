<?php
// For auto_prepend_file: writes each file that include and require open to $PHP_OPENED, one JSON list
// a line: the including file, its line, the function (require_once ...), the opened file.
final class OpenedFiles
{
    public $context;
    private $handle;
    private static $log;

    public static function start(): void
    {
        self::$log = fopen(getenv('PHP_OPENED'), 'a');
        self::take();
    }

    private static function take(): void
    {
        stream_wrapper_unregister('file');
        stream_wrapper_register('file', self::class);
    }

    // Runs with PHP's own wrapper.
    private static function plainly(callable $work)
    {
        stream_wrapper_restore('file');
        try {
            return $work();
        } finally {
            self::take();
        }
    }

    public function stream_open($path, $mode, $options, &$opened)
    {
        $frame = debug_backtrace(DEBUG_BACKTRACE_IGNORE_ARGS, 2)[1] ?? [];
        $by = $frame['function'] ?? '';
        if (preg_match('/^(require|include)(_once)?$/', $by)) {
            $real = self::plainly(fn() => realpath($path));
            fwrite(self::$log, json_encode([$frame['file'] ?? '', $frame['line'] ?? 0, $by, $real ?: $path, (bool) $real]) . "\n");
        }
        $this->handle = self::plainly(fn() => $options & STREAM_REPORT_ERRORS ? fopen($path, $mode) : @fopen($path, $mode));
        return (bool) $this->handle;
    }

    public function stream_read($count) { return fread($this->handle, $count); }
    public function stream_write($data) { return fwrite($this->handle, $data); }
    public function stream_eof() { return feof($this->handle); }
    public function stream_stat() { return fstat($this->handle); }
    public function stream_close() { fclose($this->handle); }
    public function stream_flush() { return fflush($this->handle); }
    public function stream_tell() { return ftell($this->handle); }
    public function stream_seek($offset, $whence) { return fseek($this->handle, $offset, $whence) === 0; }
    public function stream_lock($operation) { return $operation === 0 || flock($this->handle, $operation); }
    public function stream_truncate($size) { return ftruncate($this->handle, $size); }
    public function stream_set_option($option, $a, $b) { return false; }
    public function stream_metadata($path, $option, $value) { return false; }
    public function url_stat($path, $flags)
    {
        return self::plainly(fn() => $flags & STREAM_URL_STAT_LINK ? @lstat($path) : @stat($path));
    }
    public function unlink($path) { return false; }
    public function rename($from, $to) { return false; }
    public function mkdir($path, $mode, $options) { return false; }
    public function rmdir($path, $options) { return false; }
    public function dir_opendir($path, $options)
    {
        $this->handle = self::plainly(fn() => @opendir($path));
        return (bool) $this->handle;
    }
    public function dir_readdir() { return readdir($this->handle); }
    public function dir_rewinddir() { rewinddir($this->handle); return true; }
    public function dir_closedir() { closedir($this->handle); return true; }
}

OpenedFiles::start();
