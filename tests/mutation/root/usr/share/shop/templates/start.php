<p>start</p>
