<?php
// Lists the literal targets of require and include below a directory, by PHP's own tokenizer, one
// JSON object a line: file, offset and text of the last string of the operand, line, keyword.
// usage: php targets.php DIR
declare(strict_types=1);

const KEYWORDS = [T_REQUIRE, T_REQUIRE_ONCE, T_INCLUDE, T_INCLUDE_ONCE];

function targets(string $file, string $code): void
{
    $tokens = token_get_all($code);
    $offset = 0;
    $keyword = $literal = null;
    $depth = 0;
    foreach ($tokens as $token) {
        [$kind, $text, $line] = is_array($token) ? $token : [$token, $token, 0];
        if (in_array($kind, KEYWORDS, true)) {
            [$keyword, $literal, $depth] = [$text, null, 0];
        } elseif ($keyword !== null) {
            $depth += $kind === '(' ? 1 : ($kind === ')' ? -1 : 0);
            if ($kind === T_CONSTANT_ENCAPSED_STRING) {
                $literal = ['file' => $file, 'offset' => $offset, 'text' => $text, 'line' => $line, 'keyword' => $keyword];
            } elseif ($kind === ';' || $kind === T_CLOSE_TAG || $depth < 0) {
                if ($literal !== null && preg_match('/\.(php|inc|phtml)[\'"]$/', $literal['text'])) {
                    echo json_encode($literal), "\n";
                }
                $keyword = null;
            } elseif (!in_array($kind, ['.', '(', ')', T_WHITESPACE, T_DIR, T_FILE, T_STRING, T_VARIABLE, T_OBJECT_OPERATOR,
                T_DOUBLE_COLON, T_NAME_FULLY_QUALIFIED, T_LNUMBER, ',', T_STATIC], true)) {
                $keyword = null;
            }
        }
        $offset += strlen($text);
    }
}

ini_set('memory_limit', '-1');
$walk = new RecursiveIteratorIterator(new RecursiveDirectoryIterator(
    $argv[1], FilesystemIterator::SKIP_DOTS));
$files = [];
foreach ($walk as $file) {
    if ($file->isFile() && !$file->isLink() && str_ends_with($file->getFilename(), '.php')) {
        $files[] = $file->getPathname();
    }
}
sort($files);
foreach ($files as $file) {
    targets($file, file_get_contents($file));
}
